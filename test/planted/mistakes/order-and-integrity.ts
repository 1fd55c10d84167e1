import type { Chapter, Planted } from "../planted.ts";
import { pair } from "../small-app.ts";
import { FILES } from "./files.ts";

const PLAN = ["migrate", "plan", "--url-env=TARGET"];
const refused = { exit: 11 } as const;

const history: readonly Planted[] = [
  {
    ...refused,
    mistake: "an up file was edited after it ran",
    argv: PLAN,
    codes: ["MIGRATION_EDITED"],
    files: { "migrations/0003_mail.up.sql": "alter table users add column mail varchar;\n" },
  },
  {
    ...refused,
    mistake: "a down file was edited after its up ran",
    argv: PLAN,
    codes: ["MIGRATION_EDITED"],
    files: { "migrations/0003_mail.down.sql": "alter table users drop column if exists mail;\n" },
  },
  {
    ...refused,
    mistake: "a file that ran was deleted, and later ones are there",
    argv: PLAN,
    codes: ["MIGRATION_MISSING"],
    files: { "migrations/0001_users.up.sql": null, "migrations/0001_users.down.sql": null },
  },
  {
    ...refused,
    mistake: "a release older than the database",
    argv: PLAN,
    codes: ["MIGRATION_DATABASE_AHEAD"],
    files: { "migrations/0003_mail.up.sql": null, "migrations/0003_mail.down.sql": null },
  },
  {
    ...refused,
    mistake: "another branch's migration ran under the number",
    argv: PLAN,
    codes: ["MIGRATION_UNKNOWN"],
    files: {
      "migrations/0003_mail.up.sql": null,
      "migrations/0003_mail.down.sql": null,
      ...pair("0003_phone", "alter table users add column phone text;"),
    },
  },
  {
    ...refused,
    mistake: "a branch that was merged late brings a number between those that ran",
    argv: PLAN,
    codes: ["MIGRATION_OUT_OF_ORDER"],
    files: pair("0002_age", "alter table users add column age int;"),
  },
  {
    ...refused,
    mistake: "somebody deleted a row of the history by hand",
    argv: PLAN,
    codes: ["MIGRATION_HISTORY_DAMAGED"],
    sql: "delete from slipway_migrations.pgmigrations where name ~ 'mail'",
  },
  {
    ...refused,
    mistake: "what a migration in code imports changed after it ran",
    argv: PLAN,
    codes: ["MIGRATION_RENDERED_OTHERWISE"],
    // A process keeps the modules that it has loaded.
    alone: true,
    prepare: async (stage) => {
      const code = `import { column } from "../column.ts";
export const up = (pgm) => pgm.sql(\`alter table users add column \${column} int\`);
export const down = (pgm) => pgm.sql(\`alter table users drop column \${column}\`);\n`;
      await stage.write({ "migrations/0004_column.ts": code, "column.ts": 'export const column = "one";' });
      await stage.up();
      await stage.write({ "column.ts": 'export const column = "other";' });
    },
  },
];

/** Edited, missing, unknown, out of order, database ahead: each its own blocking error. */
export const ORDER_AND_INTEGRITY: Chapter = {
  promise: "Order and integrity",
  mistakes: [...history, ...FILES],
};
