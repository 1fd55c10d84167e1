import { setTimeout } from "node:timers/promises";
import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { SeedFile, SeedsToKeep } from "../../core/seed/types.ts";
import type { SeedingOutcome } from "../../ports/seeds.ts";
import { codeOf } from "./connect-problem.ts";
import type { Connected } from "./connect.ts";
import { RunMonitor } from "./run-monitor.ts";
import { seedFailure } from "./seed-failure.ts";
import { seedOnce, type SeedProgress } from "./seed-transaction.ts";
import { Watcher } from "./watcher.ts";
import { wasKept } from "./was-kept.ts";

export interface SeedRun {
  /** Session in which the seeds run. */
  readonly worker: Connected;
  /** Session that holds the migration lock; it also watches the worker and cancels it. */
  readonly guard: Connected;
  /** Another session like the guard, without the lock. */
  readonly reconnect: () => Promise<Connected>;
  readonly files: readonly SeedFile[];
  readonly keep: boolean;
  readonly signal: AbortSignal;
  readonly tell: (event: MigrationEvent) => void;
  readonly keeping: (seeds: SeedsToKeep) => Promise<void>;
  readonly lockRetries: number;
  readonly lockBackoffMs: number;
  readonly alertAfterMs: number;
}

/** Others were in the way: a lock, a deadlock, a row that changed meanwhile. */
const AGAIN = new Set(["55P03", "40P01", "40001"]);

/** Runs seeds in one transaction, measured, and tries again when others are in the way. The lock must be held. */
export async function runSeeds(run: SeedRun): Promise<SeedingOutcome> {
  const { worker, guard, lockRetries, lockBackoffMs } = run;
  const stop = AbortSignal.any([run.signal, guard.broken]);
  const watcher = new Watcher(guard, run.reconnect);
  const monitor = new RunMonitor(watcher, worker.client, run);
  const watch = watcher.cancelOnAbort(worker.client, stop);
  const progress: SeedProgress = { current: undefined, run: "first", committing: undefined, files: [] };
  let attempts = 1;

  try {
    for (; ; attempts += 1) {
      try {
        const begins = (what: string) => monitor.begin(what);
        await seedOnce({ ...run, client: worker.client, signal: stop, begins }, progress);
        return { kind: "applied", files: progress.files };
      } catch (error) {
        if (!AGAIN.has(codeOf(error)) || attempts > lockRetries) throw error;
        await worker.client.query("rollback");
        const waitMs = lockBackoffMs * 2 ** (attempts - 1);
        const { blockers } = monitor;
        run.tell({
          kind: "retry",
          file: progress.current?.file ?? "seeds",
          attempt: attempts,
          waitMs,
          blockers,
        });
        monitor.rest();
        await setTimeout(waitMs, undefined, { signal: stop });
      }
    }
  } catch (error) {
    await monitor.end();
    await watch.end();
    await watcher.settle(worker);
    const { committing } = progress;
    // The commit was sent and its answer lost.
    if (committing !== undefined && (await wasKept(committing, () => watcher.client()))) {
      return { kind: "applied", files: progress.files };
    }
    const { blockers } = monitor;
    return { kind: "failed", problem: seedFailure(error, { ...run, progress, attempts, blockers }) };
  } finally {
    await monitor.end();
    await watch.end();
    await watcher.close();
  }
}
