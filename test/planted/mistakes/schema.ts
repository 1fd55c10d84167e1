import type { Chapter } from "../planted.ts";
import type { Stage } from "../stage.ts";
import { pair, UNREHEARSED } from "../small-app.ts";

const keepSnapshot = async (stage: Stage, changes: Readonly<Record<string, unknown>>) => {
  const { stdout } = await stage.call(["migrate", "snapshot", "--url-env=TARGET"]);
  const document = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  await stage.write({ "kept.json": JSON.stringify({ ...document, ...changes }) });
};

const expectations = {
  database: { expect: { columns: { users: ["id", "nmae"] }, functions: ["age_of(bigint)"] } },
};
const MORE = pair("0004_age", "alter table users add column age int;", "alter table users drop column age;");

/** The schema is what the last migration left, and has what the app relies on. */
export const SCHEMA: Chapter = {
  promise: "Snapshots, drift and expectations",
  mistakes: [
    {
      mistake: "a column changed by hand in production",
      argv: ["migrate", "drift", "--url-env=TARGET"],
      exit: 10,
      codes: ["SCHEMA_DRIFTED"],
      sql: "alter table users alter column name type varchar(20); create index by_hand on users (name)",
    },
    {
      mistake: "migrating production on top of a change by hand",
      argv: ["migrate", "up", "--env=production"],
      exit: 11,
      codes: ["SCHEMA_DRIFTED"],
      config: UNREHEARSED,
      sql: "alter table users add column by_hand int",
      files: MORE,
    },
    {
      mistake: "somebody rewrote the kept schema so that it fits",
      argv: ["migrate", "drift", "--url-env=TARGET"],
      exit: 10,
      codes: ["SCHEMA_SNAPSHOT_FORGED"],
      sql: "update slipway_migrations.schema_snapshots set document = '{}'",
    },
    {
      mistake: "a database that differs from a snapshot that was kept",
      argv: ["migrate", "drift", "--url-env=TARGET", "--against=APP/kept.json"],
      exit: 10,
      codes: ["SCHEMA_DIFFERS"],
      prepare: async (stage) => {
        await keepSnapshot(stage, {});
        await stage.query("alter table users drop column mail");
      },
    },
    {
      mistake: "a kept snapshot that somebody edited",
      argv: ["migrate", "drift", "--url-env=TARGET", "--against=APP/kept.json"],
      exit: 2,
      codes: ["SNAPSHOT_FILE_WRONG"],
      prepare: (stage) => keepSnapshot(stage, { schema: {} }),
    },
    {
      mistake: "a kept snapshot of another major of Postgres",
      argv: ["migrate", "drift", "--url-env=TARGET", "--against=APP/kept.json"],
      exit: 10,
      codes: ["SNAPSHOT_OTHER_MAJOR"],
      prepare: (stage) => keepSnapshot(stage, { postgres: "9.6" }),
    },
    {
      mistake: "the app relies on what the database does not have",
      argv: ["migrate", "expect", "--url-env=TARGET"],
      exit: 10,
      codes: ["DATABASE_EXPECTATION_UNMET", "DATABASE_EXPECTATION_UNMET"],
      config: expectations,
    },
    {
      mistake: "asking for expectations of a config that has none",
      argv: ["migrate", "expect", "--url-env=TARGET"],
      exit: 2,
      codes: ["EXPECTATIONS_NONE"],
    },
    {
      mistake: "migrations for an app whose config has no database",
      argv: ["migrate", "up", "--env=local"],
      exit: 2,
      codes: ["DATABASE_NONE"],
      config: { database: undefined },
    },
    {
      mistake: "the variable with the URL is not set",
      argv: ["migrate", "status", "--url-env=NOT_THERE"],
      exit: 2,
      codes: ["DATABASE_URL_MISSING"],
    },
  ],
};
