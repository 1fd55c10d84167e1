import { expect, test } from "vitest";
import { fileProblems as problemsOf } from "../../../src/core/migration/file-problems.ts";

const AT = "0001_entries.up.sql";
const fileProblems = (at: string, sql: string, inTransaction = true) =>
  problemsOf(at, sql, { direction: at.endsWith(".down.sql") ? "down" : "up", inTransaction });

test("has nothing against ordinary statements", () => {
  const sql = `
    -- up migration: begin with the table
    create table entries (id int primary key, note text default 'commit;');
    create function f() returns trigger language plpgsql as $$ begin return new; end $$;
    refresh materialized view concurrently m;
    create index on entries (note);`;
  expect(fileProblems(AT, sql)).toEqual([]);
});

test.each([
  "BEGIN",
  "begin work",
  "START TRANSACTION",
  "COMMIT",
  "end",
  "ROLLBACK",
  "rollback to savepoint a",
  "ABORT",
  "SAVEPOINT a",
  "release a",
  "/* x */ Commit",
])("refuses %s, which ends or splits the transaction", (statement) => {
  expect(fileProblems(AT, `create table t ();\n${statement};\nselect 1;`)).toEqual([
    {
      code: "MIGRATION_TRANSACTION_VERB",
      at: `${AT}:2`,
      says: expect.stringMatching(
        /^has [A-Z]+; every migration runs in a transaction that Slipway opens and ends$/,
      ),
      hint: "take the statement out",
    },
  ]);
});

test("refuses PREPARE TRANSACTION and lets a prepared statement pass", () => {
  expect(fileProblems(AT, "prepare transaction 'x'").map(({ code }) => code)).toEqual([
    "MIGRATION_TRANSACTION_VERB",
  ]);
  expect(fileProblems(AT, "prepare x as select 1")).toEqual([]);
});

test.each([
  ["create index concurrently i on t (a)", "CREATE INDEX … CONCURRENTLY"],
  ["create unique index concurrently i on t (a)", "CREATE UNIQUE … CONCURRENTLY"],
  ["drop index concurrently i", "DROP INDEX … CONCURRENTLY"],
  ["alter table t detach partition p concurrently", "ALTER TABLE … CONCURRENTLY"],
  ["reindex table concurrently t", "REINDEX TABLE … CONCURRENTLY"],
  ["vacuum t", "VACUUM T"],
  ["alter system set work_mem = '1MB'", "ALTER SYSTEM"],
  ["create database d", "CREATE DATABASE"],
])("lets %s run outside of a transaction only", (sql, shown) => {
  expect(fileProblems(AT, sql, false)).toEqual([]);
  expect(fileProblems(AT, sql)).toEqual([
    {
      code: "MIGRATION_NOT_TRANSACTIONAL",
      at: `${AT}:1`,
      says: `has ${shown}, which Postgres refuses inside a transaction`,
      hint: "put it alone into a migration whose file begins with: -- slipway: no-transaction",
    },
  ]);
});

test("refuses a file without a statement, and says what a down is for", () => {
  expect(fileProblems("0001_a.down.sql", " -- nothing yet\n;")).toEqual([
    {
      code: "MIGRATION_EMPTY",
      at: "0001_a.down.sql",
      says: "has no statement",
      hint: "write the statements that undo the up file",
    },
  ]);
});

test("refuses a quote that never ends, a NUL, and a file of 50 MB", () => {
  expect(fileProblems(AT, "select 1;\nselect 'a").map(({ code, at }) => [code, at])).toEqual([
    ["MIGRATION_UNFINISHED", `${AT}:2`],
  ]);
  expect(fileProblems(AT, "select 1\0").map(({ code }) => code)).toEqual(["MIGRATION_NOT_TEXT"]);
  expect(fileProblems(AT, "x".repeat(50 * 1024 * 1024)).map(({ code }) => code)).toEqual([
    "MIGRATION_TOO_LARGE",
  ]);
});

test("refuses what psql would do itself", () => {
  expect(fileProblems(AT, "create table t (a int);\n\\i other.sql")).toEqual([
    {
      code: "MIGRATION_FOR_PSQL",
      at: `${AT}:2`,
      says: "has the psql command \\i, which is psql's work and no SQL",
      hint: "write statements only; rows go in by INSERT, and those of seeds belong to slipway migrate seed",
    },
  ]);
});

test.each([
  "drop schema slipway_migrations cascade",
  'drop schema "slipway_migrations" cascade',
  "delete from slipway_migrations.migration_checksums",
  "create rule r as on insert to slipway_migrations.pgmigrations do instead nothing",
  "alter schema slipway_migrations rename to gone",
])("refuses %s, which changes what Slipway remembers", (sql) => {
  expect(fileProblems(AT, sql)).toEqual([
    {
      code: "MIGRATION_TOUCHES_HISTORY",
      at: `${AT}:1`,
      says: "changes slipway_migrations, where Slipway remembers what ran",
      hint: "take the statement out; slipway migrate down takes a migration back, and its record with it",
    },
  ]);
});

test.each([
  "grant usage on schema slipway_migrations to reader",
  "create view ran as select * from slipway_migrations.migration_checksums",
  "comment on schema slipway_migrations is 'of Slipway'",
  "insert into notes values ('slipway_migrations')",
])("has nothing against %s", (sql) => {
  expect(fileProblems(AT, sql)).toEqual([]);
});

test("refuses anything beside the one statement outside of a transaction, and one that needs no exception", () => {
  expect(fileProblems(AT, "create index concurrently i on t (a);\nanalyze t", false)).toEqual([
    {
      code: "MIGRATION_NOT_ALONE",
      at: `${AT}:2`,
      says: "is the second of 2 statements, and without a transaction there is nothing that undoes the first",
      hint: "put each statement into a migration of its own",
    },
  ]);
  expect(fileProblems(AT, "create index i on t (a)", false)).toEqual([
    {
      code: "MIGRATION_NEEDS_NO_EXCEPTION",
      at: `${AT}:1`,
      says: "has CREATE INDEX, which Postgres runs inside a transaction like any other",
      hint: "take out the comment -- slipway: no-transaction",
    },
  ]);
});
