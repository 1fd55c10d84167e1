import { expect, test } from "vitest";
import type { MigrationEvent } from "../../../src/core/migration/run-event.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

async function aHeldTable(application: string) {
  const holder = await database.connect();
  await holder.query("create table if not exists t (a int)");
  await holder.query(`set application_name = '${application}'`);
  await holder.query("begin; lock table t in access share mode");
  return holder;
}

test("tries again when a table is held, and names who holds it", async () => {
  const holder = await aHeldTable("diary-api");
  const folder = await aMigrationFolder({ "0001_a": "create table b (); alter table t add column b int" });
  const settings = { lockTimeoutMs: 400, lockRetries: 20, lockBackoffMs: 10 };
  const migrations = await someMigrations(database.url, folder, settings);
  const told: MigrationEvent[] = [];
  const outcome = await migrations.apply({
    ...run,
    tell: (event) => {
      told.push(event);
      if (event.kind === "retry" && event.blockers.length > 0) void holder.query("commit");
    },
  });

  expect(outcome).toMatchObject({ kind: "applied", ran: [{ file: "0001_a.up.sql" }] });
  const attempts = outcome.kind === "applied" ? (outcome.ran[0]?.attempts ?? 1) : 0;
  expect(attempts).toBeGreaterThan(1);
  expect(told).toContainEqual({
    kind: "retry",
    file: "0001_a.up.sql",
    attempt: expect.any(Number) as number,
    waitMs: expect.any(Number) as number,
    blockers: [
      {
        pid: expect.any(Number) as number,
        application: "diary-api",
        role: "postgres",
        state: "idle in transaction",
        since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      },
    ],
  });
  const client = await database.connect();
  const { rows } = await client.query("select attempts from slipway_migrations.migration_checksums");
  expect(rows).toEqual([{ attempts }]);
});

test("gives up in the end, and the sentence names who held the table", async () => {
  await aHeldTable("report");
  const folder = await aMigrationFolder({ "0001_a": "alter table t add column b int" });
  const migrations = await someMigrations(database.url, folder, { lockTimeoutMs: 500, lockRetries: 1 });
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: {
      code: "MIGRATION_LOCK_TIMEOUT",
      says: expect.stringMatching(
        /^did not get its lock in 2 tries, which is held by report \(pid \d+, role postgres, idle in transaction since .+\): canceling/,
      ) as string,
    },
    stayed: [],
  });
});

test("says so while a migration runs for too long", async () => {
  const folder = await aMigrationFolder({ "0001_a": "select pg_sleep(1.5)" });
  const migrations = await someMigrations(database.url, folder, { alertAfterMs: 300 });
  const told: MigrationEvent[] = [];
  await migrations.apply({ ...run, tell: (event) => told.push(event) });
  expect(told.find(({ kind }) => kind === "slow")).toEqual({
    kind: "slow",
    file: "0001_a.up.sql",
    ms: expect.any(Number) as number,
    doing: "it waits for timeout pgsleep",
  });
});

test.each([
  ["update t set a = 2 where a = 9", "UPDATE changed 0 rows, and the file expects 1 or more"],
  ["delete from t where false", "DELETE changed 0 rows, and the file expects 1 or more"],
  ["insert into t select 1 where false", "INSERT changed 0 rows, and the file expects 1 or more"],
])("undoes a migration that was to change rows and changed none: %s", async (statement, says) => {
  const folder = await aMigrationFolder({
    "0001_t": "create table t (a int); insert into t values (1)",
    "0002_u": `-- slipway: expect-rows=1..\nupdate t set a = 3;\n${statement};`,
  });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: {
      code: "MIGRATION_ROWS",
      at: "0002_u.up.sql:3",
      says,
      hint: "find out why before anything else; the migration was undone",
    },
    stayed: ["0001_t.up.sql"],
  });
  const client = await database.connect();
  expect((await client.query("select a from t")).rows).toEqual([{ a: 1 }]);
});

test("goes down only as far as it was told, and forgets nothing else", async () => {
  const folder = await aMigrationFolder({
    "0001_a": ["create table a ()", "drop table a"],
    "0002_b": ["create table b ()", "drop table b"],
    "0003_c": ["create table c ()", "select 1/0"],
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  expect(await migrations.revert({ ...run, target: { count: 0 } })).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_COUNT" },
  });
  expect(await migrations.revert({ ...run, target: { count: 2 } })).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_FAILED", at: "0003_c.down.sql" },
    stayed: [],
  });
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 3 });
});

test("gives a statement the time that its file asks for", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "-- slipway: statement-timeout=1s\nselect pg_sleep(20)",
  });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_TIMEOUT" },
  });
});

test("says so when a down ran and did not bring the schema back", async () => {
  const folder = await aMigrationFolder({
    "0001_a": ["create table a ()", "drop table a"],
    "0002_b": ["create table b (); create type mood as enum ('good')", "drop table b"],
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  expect(await migrations.revert({ ...run, target: { to: "nothing" } })).toMatchObject({
    kind: "failed",
    problem: {
      code: "MIGRATION_DOWN_DIFFERS",
      at: "0002_b.down.sql",
      says: "ran, and the schema is not as 0001_a left it: + type public.mood",
      hint: "look at it now: slipway migrate drift shows the difference; mend it, or restore the last backup",
    },
    stayed: ["0002_b.down.sql"],
  });
});

test("takes another order of columns after a down for what it is, and tells it", async () => {
  const folder = await aMigrationFolder({
    "0001_a": ["create table a (one int, two int)", "drop table a"],
    "0002_b": ["alter table a drop column one", "alter table a add column one int"],
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  const told: MigrationEvent[] = [];
  const outcome = await migrations.revert({
    ...run,
    target: { count: 1 },
    tell: (event) => told.push(event),
  });

  expect(outcome).toMatchObject({ kind: "applied" });
  expect(told.find(({ kind }) => kind === "columns-moved")).toEqual({
    kind: "columns-moved",
    file: "0002_b.down.sql",
    columns: ["public.a one", "public.a two"],
  });
  const { rows } = await (
    await database.connect()
  ).query("select schema_after from slipway_migrations.migration_checksums");
  expect(rows).toEqual([{ schema_after: await migrations.schema() }]);
});
