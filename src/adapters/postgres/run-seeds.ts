import { setTimeout } from "node:timers/promises";
import { SlipwayError } from "../../core/errors.ts";
import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { SeedFile } from "../../core/seed/types.ts";
import type { SeedingOutcome } from "../../ports/seeds.ts";
import { codeOf } from "./connect-problem.ts";
import type { Connected } from "./connect.ts";
import { RunMonitor } from "./run-monitor.ts";
import { seedFailure } from "./seed-failure.ts";
import { seedOnce, type SeedProgress } from "./seed-transaction.ts";
import { Watcher } from "./watcher.ts";

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
  readonly lockRetries: number;
  readonly lockBackoffMs: number;
  readonly alertAfterMs: number;
}

/** Others were in the way: a lock, a deadlock, a row that changed meanwhile. */
const AGAIN = new Set(["55P03", "40P01", "40001"]);
const ASK_AGAIN_MS = 100;
const ASK_MS = 10_000;

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
    if (progress.committing !== undefined && (await wasKept(progress.committing, watcher))) {
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

/** The commit was sent and its answer lost: the server knows how it ended. */
async function wasKept(transaction: string, watcher: Watcher): Promise<boolean> {
  const deadline = performance.now() + ASK_MS;
  for (;;) {
    const status = await statusOf(transaction, watcher);
    if (status === "committed" || status === "aborted") return status === "committed";
    if (performance.now() >= deadline) throw unknownOutcome(new Error(`the transaction is ${status}`));
    await setTimeout(ASK_AGAIN_MS);
  }
}

async function statusOf(transaction: string, watcher: Watcher): Promise<string> {
  try {
    const client = await watcher.client();
    const { rows } = await client.query<{ status: string | null }>(
      "select pg_xact_status($1::text::xid8) as status",
      [transaction],
    );
    return rows[0]?.status ?? "unknown";
  } catch (error) {
    throw unknownOutcome(error);
  }
}

function unknownOutcome(cause: unknown): SlipwayError {
  return new SlipwayError(
    {
      code: "SEED_OUTCOME_UNKNOWN",
      at: "database",
      says: "the connection was lost at the commit, and the database cannot be asked whether the seeds were kept",
      hint: "run the same command again when the database answers; what is there already is not written twice",
    },
    "outcomeUnknown",
    { cause },
  );
}
