import type { ClientBase } from "pg";
import type { Problem } from "../../core/errors.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { MigrationOutcome } from "../../ports/migrations.ts";
import type { Connected } from "./connect.ts";
import { ensureHistory, HISTORY_TABLE, readHistory, type HistoryPlace } from "./migration-history.ts";
import { RecordingClient } from "./recording-client.ts";
import { statementProblem } from "./statement-problem.ts";
import { Watcher } from "./watcher.ts";

export interface MigrationRun {
  /** Session in which the migrations run. */
  readonly worker: Connected;
  /** Session that holds the lock; it also watches the worker and cancels it. */
  readonly guard: Connected;
  /** Another session like the guard, without the lock. */
  readonly reconnect: () => Promise<Connected>;
  readonly place: HistoryPlace;
  readonly folder: string;
  /** All migrations of the folder, of which the pending ones are run. */
  readonly migrations: readonly Migration[];
  readonly pending: readonly Migration[];
  readonly fence: number;
  readonly signal: AbortSignal;
}

/**
 * Runs what is pending through node-pg-migrate, each migration in a transaction of its own. Stops at the first that
 * fails; those before it stay. The lock must be held.
 */
export async function runMigrations(run: MigrationRun): Promise<MigrationOutcome> {
  const { worker, guard, place } = run;
  const stop = AbortSignal.any([run.signal, guard.broken]);
  const recording = new RecordingClient(worker.client, place, { fence: run.fence, signal: stop });
  const watcher = new Watcher(guard, run.reconnect);
  const watch = watcher.cancelOnAbort(worker.client, stop);

  try {
    await ensureHistory(worker.client, place);
    await drive(run, recording);
    return { kind: "applied", ran: recording.ran };
  } catch (error) {
    await watch.end();
    await watcher.settle(worker);
    const stayed = await stayedOf(run, recording, watcher);
    return { kind: "failed", problem: failure(error, run, recording.current), stayed };
  } finally {
    await watch.end();
    await watcher.close();
  }
}

async function drive(run: MigrationRun, recording: RecordingClient): Promise<void> {
  // Loaded here: most runs have nothing to migrate and need not wait for it.
  const { runner } = await import("node-pg-migrate");
  const silent = (): void => undefined;
  await runner({
    dbClient: recording as unknown as ClientBase,
    dir: run.folder,
    // Anything else in the folder it would import and run.
    ignorePattern: String.raw`(?!.*\.sql$).*`,
    direction: "up",
    count: run.pending.length,
    migrationsSchema: run.place.schema,
    migrationsTable: HISTORY_TABLE,
    checkOrder: true,
    singleTransaction: false,
    // The lock is ours, in a session of its own.
    noLock: true,
    // It prints failing statements, whole.
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    migrationLoaderStrategies: [{ extensions: [".sql"], loader: async () => units(run, recording) }],
  });
}

/** The texts that were read and checked before, not what the files hold by now. */
function units(run: MigrationRun, recording: RecordingClient): MigrationUnit[] {
  return run.migrations.map((migration) => ({
    id: `${run.folder}/${migration.id}.sql`,
    filePaths: [],
    actions: {
      up: (pgm) => {
        recording.current = migration;
        pgm.sql(migration.up.sql);
      },
      down: (pgm) => pgm.sql(migration.down.sql),
    },
  }));
}

interface MigrationUnit {
  id: string;
  filePaths: string[];
  actions: {
    up: (pgm: { sql(text: string): void }) => void;
    down: (pgm: { sql(text: string): void }) => void;
  };
}

/** What stays is asked of the database: a commit whose answer was lost has happened all the same. */
async function stayedOf(
  run: MigrationRun,
  recording: RecordingClient,
  watcher: Watcher,
): Promise<readonly string[]> {
  try {
    const history = await readHistory(await watcher.client(), run.place);
    if (history.kind === "read") {
      const ids = new Set(history.applied.map(({ id }) => id));
      return run.pending.filter(({ id }) => ids.has(id)).map(({ up }) => up.file);
    }
  } catch (error) {
    if (recording.current !== undefined) throw unknownOutcome(recording.current, error);
  }
  return recording.ran.map(({ file }) => file);
}

function failure(error: unknown, run: MigrationRun, current: Migration | undefined): Problem {
  if (run.guard.broken.aborted) {
    return {
      code: "MIGRATION_CONNECTION_LOST",
      at: run.guard.address.text,
      says: "the session that held the migration lock was lost, so the migration was stopped",
      hint: "check the server's log and try again",
    };
  }
  if (run.signal.aborted) {
    return {
      code: "MIGRATION_INTERRUPTED",
      at: current?.up.file ?? "",
      says: "stopped by a signal; the migration under way was undone",
      hint: "run the same command again",
    };
  }
  if (current !== undefined) return statementProblem(error, current.up);
  throw error;
}

function unknownOutcome({ up }: Migration, cause: unknown): SlipwayError {
  return new SlipwayError(
    {
      code: "MIGRATION_OUTCOME_UNKNOWN",
      at: up.file,
      says: "the connection was lost and the database cannot be asked whether the migration was kept",
      hint: "run the same command again when the database answers; it finds out",
    },
    "outcomeUnknown",
    { cause },
  );
}
