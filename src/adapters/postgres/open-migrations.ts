import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Problem } from "../../core/errors.ts";
import { compareHistory } from "../../core/migration/compare-history.ts";
import { pairUp } from "../../core/migration/pair-up.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { Secret } from "../../core/secret.ts";
import type { MigrationOutcome, MigrationPlan, Migrations, OpenMigrations } from "../../ports/migrations.ts";
import type { DatabaseUse } from "./address.ts";
import { codeOf } from "./connect-problem.ts";
import { connect, type Connected, type ConnectOptions } from "./connect.ts";
import { readMigrationFolder } from "./migration-folder.ts";
import { APP_HISTORY, readHistory, type HistoryPlace } from "./migration-history.ts";
import { takeLock } from "./migration-lock.ts";
import { runMigrations } from "./run-migrations.ts";
import { readSchema } from "./schema-snapshot.ts";

export interface MigrationDatabase {
  readonly url: Secret;
  readonly folder: string;
  readonly use: DatabaseUse;
  readonly place: HistoryPlace;
  /** Whose name other sessions see, such as `slipway migrate`. */
  readonly applicationName: string;
  /** How long another run is waited for. */
  readonly lockWaitMs?: number;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
}

const LOCK_WAIT_MS = 10_000;
// Ten minutes: a longer statement belongs into a backfill, outside of the deployment.
const STATEMENT_TIMEOUT_MS = 600_000;
// While a statement waits for its lock, everybody else waits behind it.
const LOCK_TIMEOUT_MS = 5_000;
const GUARD_TIMEOUT_MS = 10_000;

/** The app's migrations. */
export const openMigrations: OpenMigrations = (database) =>
  openMigrationsAt({
    ...database,
    use: "DATABASE",
    place: APP_HISTORY,
    applicationName: `slipway migrate, process ${process.pid}`,
  });

export async function openMigrationsAt(database: MigrationDatabase): Promise<Migrations> {
  const options: ConnectOptions = {
    use: database.use,
    applicationName: database.applicationName,
    statementTimeoutMs: database.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    lockTimeoutMs: database.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    // A statement that row-level security would filter in silence fails instead.
    settings: { row_security: "off" },
  };
  let connected = await connect(database.url, options);
  // A run that failed with its connection is followed by questions about what it left behind.
  const worker = async (): Promise<Connected> => {
    if (connected.broken.aborted) connected = await connect(database.url, options);
    return connected;
  };
  return {
    plan: async () => (await plan(await worker(), database)).answer,
    apply: async (run) => apply(await worker(), database, run),
    schema: async () => hashOf(await readSchema((await worker()).client)),
    close: () => connected.client.end(),
  };
}

interface Planned {
  readonly answer: MigrationPlan;
  readonly migrations: readonly Migration[];
  readonly pending: readonly Migration[];
}

async function plan(worker: Connected, { folder, place }: MigrationDatabase): Promise<Planned> {
  const paired = pairUp(await readMigrationFolder(folder));
  const history = await readHistory(worker.client, place);
  const { migrations } = paired;
  if (history.kind === "damaged") {
    return refused([...paired.problems, damaged(place, history.ids)], migrations);
  }

  const { pending, problems } = compareHistory(migrations, history.applied);
  const all = [...paired.problems, ...problems];
  if (all.length > 0) return refused(all, migrations);
  const applied = history.applied.length;
  if (pending.length === 0) return { answer: { kind: "nothing-to-do", applied }, migrations, pending };
  const files = pending.map(({ up }) => ({ file: up.file, sha256: up.sha256 }));
  return { answer: { kind: "planned", applied, pending: files }, migrations, pending };
}

function refused(problems: readonly Problem[], migrations: readonly Migration[]): Planned {
  return { answer: { kind: "refused", problems }, migrations, pending: [] };
}

async function apply(
  worker: Connected,
  database: MigrationDatabase,
  { fence, signal }: { readonly fence: number; readonly signal: AbortSignal },
): Promise<MigrationOutcome> {
  const reconnect = () =>
    connect(database.url, {
      use: database.use,
      applicationName: `${database.applicationName}, lock`,
      statementTimeoutMs: GUARD_TIMEOUT_MS,
      lockTimeoutMs: GUARD_TIMEOUT_MS,
      settings: { idle_session_timeout: "0" },
    });
  const guard = await reconnect();
  try {
    const lock = await takeLock(guard.client, database.place.lockKey, {
      waitMs: database.lockWaitMs ?? LOCK_WAIT_MS,
      signal,
    });
    if (lock.kind === "held") return failed(lock.problem);
    if (lock.kind === "stopped") return failed(stopped());

    // Looked at again: whoever held the lock may have done it all.
    const { answer, migrations, pending } = await plan(worker, database);
    if (answer.kind === "nothing-to-do") return { kind: "applied", ran: [] };
    if (answer.kind === "refused") return failed(...answer.problems);
    return await runMigrations({
      worker,
      guard,
      reconnect,
      place: database.place,
      folder: database.folder,
      migrations,
      pending,
      fence,
      signal,
    });
  } catch (error) {
    if (codeOf(error) !== "42501") throw error;
    return failed(mayNotCreate(database, guard.address.database));
  } finally {
    await guard.client.end();
  }
}

function failed(...[problem]: readonly Problem[]): MigrationOutcome {
  if (problem === undefined) throw new Error("a migration failed without a problem");
  return { kind: "failed", problem, stayed: [] };
}

function stopped(): Problem {
  return {
    code: "MIGRATION_INTERRUPTED",
    at: "",
    says: "stopped by a signal before it began",
    hint: "run the same command again",
  };
}

function damaged({ schema }: HistoryPlace, ids: readonly string[]): Problem {
  return {
    code: "MIGRATION_HISTORY_DAMAGED",
    at: schema,
    says: `the tables of the history disagree about ${ids.join(", ")}`,
    hint: `find out who wrote into ${schema} by hand and restore it`,
  };
}

function mayNotCreate({ place: { schema } }: MigrationDatabase, database: string): Problem {
  return {
    code: "MIGRATION_NOT_ALLOWED",
    at: schema,
    says: "the role may not create the schema in which its migrations are remembered",
    hint: `let an administrator run: grant create on database ${database} to the role`,
  };
}

function hashOf(value: unknown): string {
  return createHash("sha256")
    .update(canonicalize(value) ?? "")
    .digest("hex");
}
