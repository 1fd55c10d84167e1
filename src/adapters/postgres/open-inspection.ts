import type { Client } from "pg";
import type { Secret } from "../../core/secret.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { MigrationInspection, OpenInspection } from "../../ports/migration-inspection.ts";
import { checkData } from "./check-data.ts";
import { codeOf } from "./connect-problem.ts";
import { connect } from "./connect.ts";
import { readExpected, takeSnapshot } from "./kept-snapshots.ts";
import { askConnected } from "./lost-connection.ts";
import { readMigrations } from "./migration-folder.ts";
import { APP_HISTORY } from "./migration-history.ts";
import { planMigrations } from "./plan-migrations.ts";
import { readOrigin } from "./snapshot-origin.ts";
import { readStatistics } from "./table-statistics.ts";

const TIMEOUT_MS = 60_000;
// A table of production that is read whole may take its time.
const THOROUGH_MS = 600_000;

/** A database to be looked at, in a session in which the server refuses every write. */
export const openInspection: OpenInspection = async ({ url, folder, waivers }) => {
  const session = await connectToLook(url);
  const { client } = session;
  const allowed = <T>(question: Promise<T>) =>
    askConnected(
      "DATABASE",
      () => session,
      () => ifAllowed(question),
    );
  const inspection: MigrationInspection = {
    inspect: async () => {
      const files = await readMigrations(folder, waivers);
      const { applied, pending, migrations, problems } = await planMigrations(client, files, APP_HISTORY, {
        waivers,
      });
      return {
        applied: applied.map(({ id, ranAt, seconds, ranBy }) => ({
          id,
          ranAt,
          seconds: seconds ?? null,
          ranBy: ranBy ?? null,
        })),
        pending,
        migrations,
        problems,
        now: await databaseTime(client),
      };
    },
    schema: () => takeSnapshot(client),
    origin: () => readOrigin(client),
    expected: () => readExpected(client, APP_HISTORY),
    statistics: () => readStatistics(client),
    data: ({ thorough }) => {
      const questionMs = thorough ? THOROUGH_MS : TIMEOUT_MS;
      return checkData(client, { folder, thorough, questionMs, totalMs: questionMs * 10 });
    },
    close: () => client.end(),
  };
  return {
    inspect: () => allowed(inspection.inspect()),
    schema: () => allowed(inspection.schema()),
    origin: () => allowed(inspection.origin()),
    expected: () => allowed(inspection.expected()),
    data: (scope) => allowed(inspection.data(scope)),
    statistics: () => allowed(inspection.statistics()),
    close: () => inspection.close(),
  };
};

/** A session in which the server refuses every write. */
export function connectToLook(url: Secret) {
  return connect(url, {
    use: "DATABASE",
    applicationName: `slipway migrate (looks only), process ${process.pid}`,
    statementTimeoutMs: TIMEOUT_MS,
    lockTimeoutMs: TIMEOUT_MS,
    // What row-level security would leave out in silence is refused instead.
    settings: { default_transaction_read_only: "on", row_security: "off" },
  });
}

async function databaseTime(client: Client): Promise<string> {
  const { rows } = await client.query<{ now: Date }>("select clock_timestamp() as now");
  const [row] = rows;
  if (row === undefined) throw new Error("the server told no time");
  return row.now.toISOString();
}

async function ifAllowed<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (codeOf(error) !== "42501") throw error;
    const { schema } = APP_HISTORY;
    throw new SlipwayError(
      {
        code: "MIGRATION_NOT_ALLOWED",
        at: schema,
        says: "the role may not read what ran",
        hint: `let the role that migrates run: grant usage on schema ${schema} to …; grant select on all tables in schema ${schema} to …`,
      },
      "verifyFailed",
      { cause: error },
    );
  }
}
