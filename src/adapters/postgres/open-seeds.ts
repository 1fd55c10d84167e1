import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Seeding, SeedingOutcome, SeedRunOptions } from "../../ports/seeds.ts";
import type { SeedFile } from "../../core/seed/types.ts";
import { connect, type Connected } from "./connect.ts";
import { guardSession } from "./guard-session.ts";
import { isLost, lostProblem } from "./lost-connection.ts";
import { APP_HISTORY } from "./migration-history.ts";
import { takeLock } from "./migration-lock.ts";
import { runLimits, type RunLimits } from "./run-limits.ts";
import { runSeeds } from "./run-seeds.ts";
import { wasKept } from "./was-kept.ts";

export interface SeedDatabase extends Partial<RunLimits> {
  readonly url: Secret;
  readonly files: readonly SeedFile[];
  /** Whose name other sessions see. */
  readonly applicationName?: string;
}

/** A database that seeds can be brought into. Throws `DATABASE_UNREACHABLE` (exit 11). */
export async function openSeeds(database: SeedDatabase): Promise<Seeding> {
  const { url } = database;
  const { statementTimeoutMs, lockTimeoutMs } = runLimits(database);
  const worker = await connect(url, {
    ...sessionOf(database),
    statementTimeoutMs,
    lockTimeoutMs,
    // A statement that row-level security would filter in silence fails instead.
    settings: { row_security: "off" },
  });
  return {
    apply: (options) => runLocked(worker, database, options),
    wasKept: (transaction) => wasKept(transaction, async () => worker.client),
    close: () => worker.client.end(),
  };
}

async function runLocked(
  worker: Connected,
  database: SeedDatabase,
  { keep, signal, tell = () => undefined, keeping = async () => undefined }: SeedRunOptions,
): Promise<SeedingOutcome> {
  const limits = runLimits(database);
  const reconnect = () => guardSession(database.url, sessionOf(database));
  const guard = await reconnect();
  try {
    const waitMs = limits.lockWaitMs;
    // The lock of migrations: no table may change its shape while it is filled.
    const lock = await takeLock(guard.client, APP_HISTORY.lockKey, { waitMs, signal });
    if (lock.kind === "held") return { kind: "failed", problem: lock.problem };
    if (lock.kind === "stopped") return { kind: "failed", problem: stopped() };
    return await runSeeds({
      worker,
      guard,
      reconnect,
      files: database.files,
      keep,
      signal,
      tell,
      keeping,
      ...limits,
    });
  } catch (error) {
    if (!isLost(error, guard)) throw error;
    throw new SlipwayError(lostProblem(error, "DATABASE", guard), "verifyFailed", { cause: error });
  } finally {
    await guard.client.end();
  }
}

function sessionOf({ applicationName = `slipway seed, process ${process.pid}` }: SeedDatabase) {
  return { use: "DATABASE", applicationName } as const;
}

function stopped(): Problem {
  return {
    code: "SEED_INTERRUPTED",
    at: "seeds",
    says: "stopped by a signal before it began",
    hint: "run the same command again",
  };
}
