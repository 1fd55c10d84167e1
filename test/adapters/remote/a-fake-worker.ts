import { migrateWorker } from "../../../src/actions/migrate-worker.ts";
import { canonicalSha256 } from "../../../src/adapters/local/canonical-sha256.ts";
import { RemoteWorker } from "../../../src/adapters/remote/remote-worker.ts";
import type { WorkerBox } from "../../../src/ports/letterbox.ts";
import { FakeLetterbox } from "../../fakes/fake-letterbox.ts";
import type { FakeSeeds } from "../../fakes/fake-seeds.ts";
import { FakeWorkedDatabase } from "../../fakes/fake-worked-database.ts";
import { World } from "../../fakes/world.ts";

/** Both sides of a worker in this process, over a letterbox in memory and a clock that nobody waits for. */
export class FakeWorker {
  readonly world = new World();
  readonly box = new FakeLetterbox(this.world.clock);
  readonly database: FakeWorkedDatabase;
  readonly stop = new AbortController();
  readonly remote: RemoteWorker;
  /** Runs in the order in which their workers were started. */
  readonly started: string[] = [];
  readonly #dead = new Set<string>();

  constructor(seeds: FakeSeeds) {
    const { clock } = this.world;
    this.database = new FakeWorkedDatabase(this.world, seeds);
    this.remote = new RemoteWorker(
      {
        app: "diary",
        env: "local",
        box: this.box.caller(),
        tasks: {
          place: "a fake",
          start: async (run) => this.#start(run),
          state: async (run) =>
            this.#dead.has(run) ? { kind: "stopped", because: "SIGKILL" } : { kind: "running" },
          stop: async () => undefined,
        },
        clock,
        tool: "1.0.0",
        newRun: () => `run-${this.started.length + 1}`,
        note: () => undefined,
        stop: this.stop.signal,
      },
      { read: async () => ({ files: [], rendered: {} }), hashOf: canonicalSha256 },
    );
  }

  /** The newest worker does nothing any more, as one that was killed. */
  kill(): Promise<never> {
    this.#dead.add(this.started.at(-1) ?? "");
    return never();
  }

  #start(run: string): string {
    this.started.push(run);
    const ports = {
      box: this.#mortal(run),
      clock: this.world.clock,
      database: this.database,
      tool: "1.0.0",
      worker: `worker of ${run}`,
    };
    void migrateWorker(run, ports, new AbortController().signal);
    return run;
  }

  #mortal(run: string): WorkerBox {
    const box = this.box.worker();
    const alive = <T>(call: () => Promise<T>): Promise<T> => (this.#dead.has(run) ? never() : call());
    return {
      claim: (...given) => alive(() => box.claim(...given)),
      look: (...given) => alive(() => box.look(...given)),
      post: (...given) => alive(() => box.post(...given)),
      close: () => box.close(),
    };
  }
}

function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}
