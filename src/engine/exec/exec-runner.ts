import { SharedWork } from "../graph/shared-work.ts";
import type { ExecRequest } from "../operations/exec-key.ts";
import type { ContainerState } from "../state/container.ts";
import type { ExecOutcome } from "../state/exec.ts";
import type { Session } from "../state/session.ts";
import { isCacheable } from "./cacheable.ts";
import { findOutcome, keepOutcome } from "./outcome-cache.ts";
import { runExec } from "./run-exec.ts";

/** Runs execs, each once per session, and takes the result from an earlier run when there is one. */
export class ExecRunner {
  readonly #session: () => Session;
  readonly #work = new SharedWork<ExecOutcome>();
  readonly #running = new Set<Promise<unknown>>();
  #count = 0;

  constructor(session: () => Session) {
    this.#session = session;
  }

  /** A number that tells this session's execs and services apart in its log. */
  nextId(): number {
    this.#count += 1;
    return this.#count;
  }

  /** Makes `idle` wait for something that runs in a sandbox. */
  async track<T>(running: Promise<T>): Promise<T> {
    const settled = running.catch(() => {});
    this.#running.add(settled);
    try {
      return await running;
    } finally {
      this.#running.delete(settled);
    }
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /**
   * The outcome of an exec. Throws ExecError when it ends otherwise than expected; that is never kept. When nobody
   * waits for it any more (all signals aborted) the exec is killed.
   */
  async run(
    key: string,
    state: ContainerState,
    request: ExecRequest,
    signal: AbortSignal,
  ): Promise<ExecOutcome> {
    const session = this.#session();
    return await this.#work.run(key, signal, async (later) => {
      const argv = request.argv.map((word) => session.secrets.scrub(word));
      const id = this.nextId();
      const base = state.baseName;
      const cacheable = await isCacheable(session, state, later);
      const known = cacheable ? await findOutcome(session, key) : undefined;
      if (known !== undefined) {
        session.log({
          kind: "exec-finished",
          id,
          argv,
          base,
          cached: true,
          seconds: 0,
          exitCode: known.exitCode,
        });
        return known;
      }
      const outcome = await this.track(runExec(session, state, request, id, later));
      // A failure that was expected counts for this session only: the next run tries again. A plain process saw this
      // machine's own files, which no key can tell.
      const { kind } = await session.sandbox(later);
      if (cacheable && outcome.exitCode === 0 && kind !== "plain") await keepOutcome(session, key, outcome);
      return outcome;
    });
  }
}
