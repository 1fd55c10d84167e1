import { setTimeout } from "node:timers/promises";
import type { Client } from "pg";
import type { Blocker, MigrationEvent } from "../../core/migration/run-event.ts";
import type { Watcher } from "./watcher.ts";

const LOOK_MS = 150;

/** Looks at the working session from beside: who keeps it waiting, and whether it takes too long. */
export class RunMonitor {
  /** Who was last seen to keep it waiting, since `forgetBlockers`. */
  blockers: readonly Blocker[] = [];
  #under: { readonly file: string; readonly began: number; alerts: number } | undefined;
  readonly #ended = new AbortController();
  readonly #looking: Promise<void>;

  constructor(
    watcher: Watcher,
    worker: Client,
    options: { readonly alertAfterMs: number; readonly tell: (event: MigrationEvent) => void },
  ) {
    this.#looking = this.#look(watcher, worker, options);
  }

  begin(file: string): void {
    this.blockers = [];
    this.#under = { file, began: performance.now(), alerts: 0 };
  }

  /** Nothing is under way. */
  rest(): void {
    this.#under = undefined;
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await this.#looking;
  }

  async #look(
    watcher: Watcher,
    worker: Client,
    { alertAfterMs, tell }: { alertAfterMs: number; tell: (event: MigrationEvent) => void },
  ): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await setTimeout(LOOK_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
      const under = this.#under;
      if (under === undefined || this.#ended.signal.aborted) continue;
      const ms = performance.now() - under.began;
      if (ms < LOOK_MS) continue;
      // A look that fails says nothing about the migration.
      const found = await watcher.blockersOf(worker).catch(() => []);
      if (found.length > 0) this.blockers = found;
      if (ms < alertAfterMs * (under.alerts + 1)) continue;
      under.alerts += 1;
      const doing = await watcher.doingOf(worker).catch(() => "its session does not say what it does");
      tell({ kind: "slow", file: under.file, ms, doing });
    }
  }
}
