import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Seeding, SeedingOutcome, SeedRunOptions } from "../../ports/seeds.ts";
import type { SeedFile } from "../../core/seed/types.ts";
import { connect, type Connected } from "./connect.ts";
import { isLost, lostProblem } from "./lost-connection.ts";
import { APP_HISTORY } from "./migration-history.ts";
import { takeLock } from "./migration-lock.ts";
import { runSeeds } from "./run-seeds.ts";

export interface SeedDatabase {
  readonly url: Secret;
  /** How long a run of migrations, or of other seeds, is waited for. */
  readonly lockWaitMs?: number;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  /** How often a run that others were in the way of is tried again, and the first wait, which then doubles. */
  readonly lockRetries?: number;
  readonly lockBackoffMs?: number;
  readonly alertAfterMs?: number;
}

const LOCK_WAIT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 600_000;
// While a statement waits for its lock, everybody else waits behind it.
const LOCK_TIMEOUT_MS = 5_000;
const LOCK_RETRIES = 4;
const LOCK_BACKOFF_MS = 1_000;
const ALERT_AFTER_MS = 300_000;
const GUARD_TIMEOUT_MS = 10_000;

/** A database that seeds can be brought into. Throws `DATABASE_UNREACHABLE` (exit 11). */
export async function openSeeds(database: SeedDatabase): Promise<Seeding> {
  const { url } = database;
  const worker = await connect(url, {
    use: "DATABASE",
    applicationName: `slipway seed, process ${process.pid}`,
    statementTimeoutMs: database.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    lockTimeoutMs: database.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    // A statement that row-level security would filter in silence fails instead.
    settings: { row_security: "off" },
  });
  return {
    apply: (files, options) => runLocked(worker, database, files, options),
    close: () => worker.client.end(),
  };
}

async function runLocked(
  worker: Connected,
  database: SeedDatabase,
  files: readonly SeedFile[],
  { keep, signal, tell = () => undefined }: SeedRunOptions,
): Promise<SeedingOutcome> {
  const reconnect = () =>
    connect(database.url, {
      use: "DATABASE",
      applicationName: `slipway seed, process ${process.pid}, lock`,
      statementTimeoutMs: GUARD_TIMEOUT_MS,
      lockTimeoutMs: GUARD_TIMEOUT_MS,
      settings: { idle_session_timeout: "0" },
    });
  const guard = await reconnect();
  try {
    const waitMs = database.lockWaitMs ?? LOCK_WAIT_MS;
    // The lock of migrations: no table may change its shape while it is filled.
    const lock = await takeLock(guard.client, APP_HISTORY.lockKey, { waitMs, signal });
    if (lock.kind === "held") return { kind: "failed", problem: lock.problem };
    if (lock.kind === "stopped") return { kind: "failed", problem: stopped() };
    return await runSeeds({
      worker,
      guard,
      reconnect,
      files,
      keep,
      signal,
      tell,
      lockRetries: database.lockRetries ?? LOCK_RETRIES,
      lockBackoffMs: database.lockBackoffMs ?? LOCK_BACKOFF_MS,
      alertAfterMs: database.alertAfterMs ?? ALERT_AFTER_MS,
    });
  } catch (error) {
    if (!isLost(error, guard)) throw error;
    throw new SlipwayError(lostProblem(error, "DATABASE", guard), "verifyFailed", { cause: error });
  } finally {
    await guard.client.end();
  }
}

function stopped(): Problem {
  return {
    code: "SEED_INTERRUPTED",
    at: "seeds",
    says: "stopped by a signal before it began",
    hint: "run the same command again",
  };
}
