import type { Planted } from "../planted.ts";
import { pair } from "../small-app.ts";

const RENDER = ["migrate", "plan", "--render"];
const refused = { exit: 11 } as const;

/** Files that cannot be migrations, or not these. */
export const FILES: readonly Planted[] = [
  {
    ...refused,
    mistake: "two migrations with one number",
    argv: RENDER,
    codes: ["MIGRATION_NUMBER_TWICE"],
    files: pair(
      "0003_phone",
      "alter table users add column phone text;",
      "alter table users drop column phone;",
    ),
  },
  {
    ...refused,
    mistake: "numbers and times in one folder",
    argv: RENDER,
    codes: ["MIGRATION_NUMBER_SCHEME"],
    files: pair("1700000000000_phone", "alter table users add column phone text;"),
  },
  {
    ...refused,
    mistake: "a file that is no migration",
    argv: RENDER,
    codes: ["MIGRATION_NAME"],
    files: { "migrations/notes.txt": "to do\n" },
  },
  {
    ...refused,
    mistake: "one migration as a pair and as a single file",
    argv: RENDER,
    codes: ["MIGRATION_TWICE"],
    files: { "migrations/0003_mail.sql": "-- Up Migration\nselect 1;\n-- Down Migration\nselect 1;\n" },
  },
  {
    ...refused,
    mistake: "a down file alone",
    argv: RENDER,
    codes: ["MIGRATION_UP_MISSING"],
    files: { "migrations/0003_mail.up.sql": null },
  },
  {
    ...refused,
    mistake: "an empty file",
    argv: RENDER,
    codes: ["MIGRATION_EMPTY"],
    files: { "migrations/0003_mail.up.sql": "" },
  },
  {
    ...refused,
    mistake: "a down of comments alone",
    argv: RENDER,
    codes: ["MIGRATION_EMPTY"],
    files: { "migrations/0003_mail.down.sql": "-- nothing to undo\n" },
  },
  {
    ...refused,
    mistake: "a file in Latin-1",
    argv: RENDER,
    codes: ["MIGRATION_NOT_TEXT"],
    files: { "migrations/0003_mail.up.sql": Buffer.from("-- \xe9t\xe9\nselect 1;\n", "latin1") },
  },
  {
    ...refused,
    mistake: "a file of 11 MB",
    argv: RENDER,
    codes: ["MIGRATION_TOO_LARGE"],
    files: { "migrations/0003_mail.up.sql": `select '${"x".repeat(11 * 1024 * 1024)}';` },
  },
  {
    ...refused,
    mistake: "a quote that is not closed",
    argv: RENDER,
    codes: ["MIGRATION_UNFINISHED"],
    files: { "migrations/0003_mail.up.sql": "alter table users add column mail text\n  default 'none;\n" },
  },
  {
    ...refused,
    mistake: "a comment that node-pg-migrate takes for a marker",
    argv: RENDER,
    codes: ["MIGRATION_MARKER"],
    files: {
      "migrations/0004_phone.sql":
        "-- Up Migration\nalter table users add column phone text;\n-- down migration is not needed\n-- Down Migration\nalter table users drop column phone;\n",
    },
  },
  {
    ...refused,
    mistake: "a directive that is spelt wrong",
    argv: RENDER,
    codes: ["MIGRATION_HEADER"],
    files: {
      "migrations/0003_mail.up.sql": "-- slipway: expect-row=1..\nalter table users add column mail text;\n",
    },
  },
  {
    ...refused,
    mistake: "a directive below the first statement, where nobody would read it",
    argv: RENDER,
    codes: ["MIGRATION_HEADER"],
    files: {
      "migrations/0003_mail.up.sql": "alter table users add column mail text;\n-- slipway: phase=contract\n",
    },
  },
  {
    ...refused,
    mistake: "a command of psql",
    argv: RENDER,
    codes: ["MIGRATION_FOR_PSQL"],
    files: {
      "migrations/0003_mail.up.sql":
        "alter table users add column mail text;\n\\copy users from 'users.csv'\n",
    },
  },
  {
    ...refused,
    mistake: "a migration that writes its own history",
    argv: RENDER,
    codes: ["MIGRATION_TOUCHES_HISTORY"],
    files: { "migrations/0003_mail.up.sql": "delete from slipway_migrations.pgmigrations;\n" },
  },
  {
    exit: 20,
    mistake: "a migration that writes its own history where nobody sees it before",
    argv: ["migrate", "up", "--env=local"],
    codes: ["MIGRATION_TOUCHED_HISTORY"],
    files: pair(
      "0004_hidden",
      "do $$ begin execute 'drop schema ' || 'slipway_' || 'migrations cascade'; end $$;",
    ),
  },
  {
    exit: 2,
    mistake: "a number that no migration has",
    argv: ["migrate", "up", "--rehearsal", "--to=0009", "--server-env=SERVER"],
    codes: ["MIGRATION_NOT_FOUND"],
  },
  {
    ...refused,
    mistake: "a migration in code that asks the database",
    argv: RENDER,
    codes: ["MIGRATION_ASKS_DATABASE"],
    files: {
      "migrations/0004_asks.ts":
        'export const up = async (pgm) => { await pgm.db.query("select 1"); };\nexport const down = () => {};\n',
    },
  },
  {
    ...refused,
    mistake: "a migration in code that fails",
    argv: RENDER,
    codes: ["MIGRATION_UNRENDERED"],
    files: {
      "migrations/0004_fails.ts":
        'export const up = () => { throw new Error("no"); };\nexport const down = () => {};\n',
    },
  },
  {
    exit: 2,
    mistake: "a folder that is not there",
    argv: RENDER,
    codes: ["MIGRATIONS_UNREADABLE"],
    files: { migrations: null },
  },
];
