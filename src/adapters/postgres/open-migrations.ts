import { SlipwayError, type Problem } from "../../core/errors.ts";
import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { WaiverDemand } from "../../core/migration/waiver-rules.ts";
import type { Secret } from "../../core/secret.ts";
import type { MigrationOutcome, Migrations, OpenMigrations } from "../../ports/migrations.ts";
import type { DatabaseUse } from "./address.ts";
import { canonicalHash } from "./canonical-hash.ts";
import { chooseBack, chooseForward, type Choice } from "./choose-migrations.ts";
import { codeOf } from "./connect-problem.ts";
import { connect, type Connected, type ConnectOptions } from "./connect.ts";
import { guardSession } from "./guard-session.ts";
import { askConnected, isLost, lostProblem } from "./lost-connection.ts";
import { APP_HISTORY, type HistoryPlace } from "./migration-history.ts";
import { factsOf } from "./migration-facts.ts";
import { readMigrations, type MigrationFolder } from "./migration-folder.ts";
import { checkMeasured, measureData } from "./measure-data.ts";
import { takeLock } from "./migration-lock.ts";
import { planMigrations, type PlannedMigrations } from "./plan-migrations.ts";
import { runLimits, type RunLimits } from "./run-limits.ts";
import { runMigrations } from "./run-migrations.ts";
import { mayNotCreate, stoppedBefore } from "./run-refused.ts";
import { readSchema } from "./schema-snapshot.ts";

export interface MigrationDatabase extends Partial<RunLimits> {
  readonly url: Secret;
  readonly folder: string;
  readonly use: DatabaseUse;
  readonly place: HistoryPlace;
  /** Whose name other sessions see, such as `slipway migrate`. */
  readonly applicationName: string;
  /** Whether what is pending must have passed its rehearsal. */
  readonly demandsRehearsal?: boolean;
  /** By what waivers are judged; undefined: by their last day alone. */
  readonly waivers?: WaiverDemand;
}

/** The app's migrations. */
export const openMigrations: OpenMigrations = (database) =>
  openMigrationsAt({
    ...database,
    use: "DATABASE",
    place: APP_HISTORY,
    applicationName: `slipway migrate, process ${process.pid}`,
  });

export async function openMigrationsAt(database: MigrationDatabase): Promise<Migrations> {
  const { folder } = database;
  const { statementTimeoutMs, lockTimeoutMs } = runLimits(database);
  const options: ConnectOptions = {
    use: database.use,
    applicationName: database.applicationName,
    statementTimeoutMs,
    lockTimeoutMs,
    // A statement that row-level security would filter in silence fails instead.
    settings: { row_security: "off" },
  };
  let connected = await connect(database.url, options);
  // What was planned is what runs next, and what is told of it, whatever the files hold by then.
  let read: Promise<MigrationFolder> | undefined;
  let hasRun = false;
  const files = () => (read ??= readMigrations(folder, database.waivers));
  const readAgain = () => {
    read = undefined;
    hasRun = false;
  };
  const planned = async ({ client }: Connected): Promise<PlannedMigrations> =>
    planMigrations(client, await files(), database.place, database);
  const run = (request: RunRequest, choose: (plan: PlannedMigrations) => Choice) => {
    if (hasRun) readAgain();
    hasRun = true;
    return asked((session) => runLocked(session, database, request, planned, choose));
  };
  // A run that failed with its connection is followed by questions about what it left behind.
  const worker = async (): Promise<Connected> => {
    if (connected.broken.aborted) connected = await connect(database.url, options);
    return connected;
  };
  const asked = <T>(question: (session: Connected) => Promise<T>): Promise<T> =>
    askConnected(
      database.use,
      () => connected,
      async () => question(await worker()),
    );
  return {
    plan: () => {
      readAgain();
      return asked(async (session) => (await planned(session)).answer);
    },
    apply: ({ to, ...request }) => run(request, (plan) => chooseForward(plan, to)),
    revert: ({ target, ...request }) => run(request, (plan) => chooseBack(plan, target)),
    facts: (of) => asked(({ client }) => factsOf(client, database.place, of, files)),
    measure: () => asked(async (session) => measureData(session.client, await planned(session), folder)),
    check: (before) =>
      asked((session) => checkMeasured(session.client, before, () => planned(session), folder)),
    schema: () => asked(async ({ client }) => canonicalHash(await readSchema(client))),
    describe: () => asked(({ client }) => readSchema(client)),
    close: () => connected.client.end(),
  };
}

interface RunRequest {
  readonly fence: number;
  readonly signal: AbortSignal;
  readonly tell?: ((event: MigrationEvent) => void) | undefined;
  readonly prove?: (() => Promise<void>) | undefined;
}

async function runLocked(
  worker: Connected,
  database: MigrationDatabase,
  { fence, signal, tell = () => undefined, prove }: RunRequest,
  planned: (worker: Connected) => Promise<PlannedMigrations>,
  choose: (plan: PlannedMigrations) => Choice,
): Promise<MigrationOutcome> {
  const limits = runLimits(database);
  const reconnect = () => guardSession(database.url, database);
  const guard = await reconnect();
  try {
    const lock = await takeLock(guard.client, database.place.lockKey, {
      waitMs: limits.lockWaitMs,
      signal,
    });
    if (lock.kind === "held") return failed(lock.problem);
    if (lock.kind === "stopped") return failed(stoppedBefore());

    // Looked at again: whoever held the lock may have done it all.
    const plan = await planned(worker);
    const choice = choose(plan);
    if (choice.kind === "refused") return failed(...choice.problems);
    if (choice.migrations.length === 0) return { kind: "applied", ran: [] };
    return await runMigrations({
      worker,
      guard,
      reconnect,
      place: database.place,
      direction: choice.direction,
      chosen: choice.migrations,
      adopted: plan.adopted,
      back: choice.back,
      unrecorded: choice.unrecorded,
      fence,
      signal,
      tell,
      prove,
      ...limits,
    });
  } catch (error) {
    if (isLost(error, guard))
      throw new SlipwayError(lostProblem(error, database.use, guard), "verifyFailed", { cause: error });
    if (codeOf(error) !== "42501") throw error;
    return failed(mayNotCreate(database.place, guard.address.database));
  } finally {
    await guard.client.end();
  }
}

function failed(...[problem]: readonly Problem[]): MigrationOutcome {
  if (problem === undefined) throw new Error("a migration failed without a problem");
  return { kind: "failed", problem, stayed: [] };
}
