import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { MigrationOutcome } from "../../ports/migrations.ts";
import type { Connected } from "./connect.ts";
import { ensureHistory } from "./ensure-history.ts";
import { flushCommits } from "./flush-commits.ts";
import { leftBehind } from "./left-behind.ts";
import { HISTORY_TABLE, readHistory, type HistoryPlace } from "./migration-history.ts";
import { prepareOutside } from "./outside-transactions.ts";
import { RecordingClient, type Direction } from "./recording-client.ts";
import { runFailure, unknownOutcome } from "./run-failure.ts";
import { RunMonitor } from "./run-monitor.ts";
import { SchemaTrack } from "./schema-track.ts";
import { SILENT_LOGGER } from "./silent-logger.ts";
import { Watcher } from "./watcher.ts";

export interface MigrationRun {
  /** Session in which the migrations run. */
  readonly worker: Connected;
  /** Session that holds the lock; it also watches the worker and cancels it. */
  readonly guard: Connected;
  /** Another session like the guard, without the lock. */
  readonly reconnect: () => Promise<Connected>;
  readonly place: HistoryPlace;
  readonly direction: Direction;
  /** In the order in which they run. */
  readonly chosen: readonly Migration[];
  readonly adopted: readonly { readonly migration: Migration; readonly ranAt: string }[];
  /** Of downs that undo a run: hex SHA-256 of the schema that the last one must leave. */
  readonly back?: string | undefined;
  /** Of downs: a migration whose up was begun and never recorded. */
  readonly unrecorded?: string | undefined;
  readonly fence: number;
  readonly signal: AbortSignal;
  readonly tell: (event: MigrationEvent) => void;
  readonly prove?: (() => Promise<void>) | undefined;
  readonly lockRetries: number;
  readonly lockBackoffMs: number;
  readonly alertAfterMs: number;
}

interface RanMigration {
  readonly file: string;
  readonly seconds: number;
  readonly attempts?: number;
}

/**
 * Runs what is chosen through node-pg-migrate, each migration in a transaction of its own. Stops at the first that
 * fails; those before it stay. The lock must be held.
 */
export async function runMigrations(run: MigrationRun): Promise<MigrationOutcome> {
  const { worker, guard, place } = run;
  const stop = AbortSignal.any([run.signal, guard.broken]);
  const watcher = new Watcher(guard, run.reconnect);
  const monitor = new RunMonitor(watcher, worker.client, run);
  const recording = new RecordingClient(worker.client, { ...run, signal: stop, monitor });
  const watch = watcher.cancelOnAbort(worker.client, stop);
  const track = new SchemaTrack(run);
  const ran: RanMigration[] = [];

  try {
    await ensureHistory(worker.client, place, run.adopted);
    await runEach(run, recording, monitor, track, stop, ran);
    return { kind: "applied", ran };
  } catch (error) {
    await monitor.end();
    await watch.end();
    await watcher.settle(worker);
    const { current, milliseconds, attempts } = recording;
    const stayed = await stayedOf(run, ran, current, watcher);
    const problem = runFailure(error, run, current, { attempts, blockers: monitor.blockers });
    // Its commit got through, and the answer was lost.
    const stays = current !== undefined && stayed.includes(current[run.direction].file);
    const schema = stays ? undefined : await leftBehind(run, current, track, watcher);
    const end = { kind: "failed", problem, stayed, ran, ...(schema && { schema }) } as const;
    if (current === undefined || stays) return end;
    const seconds = Math.round(milliseconds) / 1000;
    return { ...end, failed: { file: current[run.direction].file, seconds, attempts } };
  } finally {
    await monitor.end();
    await watch.end();
    await watcher.close();
  }
}

async function runEach(
  run: MigrationRun,
  recording: RecordingClient,
  monitor: RunMonitor,
  track: SchemaTrack,
  stop: AbortSignal,
  ran: RanMigration[],
): Promise<void> {
  const { worker, place, chosen, direction } = run;
  // Loaded here: most runs have nothing to migrate and need not wait for it.
  const { Migration: Executor } = await import("node-pg-migrate");
  await track.start();

  for (const migration of chosen) {
    stop.throwIfAborted();
    await run.prove?.();
    recording.begin(migration);
    monitor.begin(migration[direction].file);
    const executor = new Executor(
      recording as never,
      `${migration.id}.sql`,
      actionsOf(migration),
      { migrationsSchema: place.schema, migrationsTable: HISTORY_TABLE, singleTransaction: false } as never,
      undefined,
      SILENT_LOGGER,
    );
    const outside = await prepareOutside(worker.client, place, migration, direction, track, run.tell);
    recording.verify = () => outside.verify();
    if (outside.kind === "done") await executor.markAsRun(direction);
    else await executor.apply(direction);
    await outside.finish();

    const seconds = Math.round(recording.milliseconds) / 1000;
    const { file } = migration[direction];
    const { attempts } = recording;
    ran.push({ file, seconds, ...(attempts > 1 && { attempts }) });
    run.tell({ kind: "ran", file, seconds });
    recording.current = undefined;
    monitor.rest();

    await track.after(migration);
  }
}

/** The texts that were read and checked before, not what the files hold by now. */
function actionsOf({ up, down }: Migration): never {
  const action = (text: typeof up) => (pgm: { sql(sql: string): void; noTransaction(): void }) => {
    if (!text.header.inTransaction) pgm.noTransaction();
    pgm.sql(text.sql);
  };
  return { up: action(up), down: action(down) } as never;
}

/** What stays is asked of the database: a commit whose answer was lost has happened all the same. */
async function stayedOf(
  run: MigrationRun,
  ran: readonly RanMigration[],
  current: Migration | undefined,
  watcher: Watcher,
): Promise<readonly string[]> {
  try {
    const client = await watcher.client();
    await flushCommits(client);
    const history = await readHistory(client, run.place);
    if (history.kind === "read") {
      const ids = new Set(history.applied.map(({ id }) => id));
      const isUp = run.direction === "up";
      const files = ran.map(({ file }) => file);
      // Of one that was never recorded the history cannot tell whether its down got through.
      const hasRun = ({ id, down }: Migration) =>
        id === run.unrecorded ? files.includes(down.file) : ids.has(id) === isUp;
      return run.chosen.filter(hasRun).map((one) => one[run.direction].file);
    }
  } catch (error) {
    if (current !== undefined) throw unknownOutcome(current, error);
  }
  return ran.map(({ file }) => file);
}
