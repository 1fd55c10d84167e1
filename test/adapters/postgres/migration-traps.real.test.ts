import { expect, test } from "vitest";
import { APP_HISTORY } from "../../../src/adapters/postgres/migration-history.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

async function names(query: string): Promise<readonly string[]> {
  const client = await database.connect();
  return (await client.query<{ name: string }>(query)).rows.map(({ name }) => name);
}
const TABLES = `select relnamespace::regnamespace || '.' || relname as name from pg_class
  where relkind = 'r' and relnamespace::regnamespace::text !~ '^(pg_|information_schema)' order by 1`;

test("keeps its history in tables of its own and makes no other, and runs no down file as an up", async () => {
  const folder = await aMigrationFolder({ "0001_a": ["create table a ()", "drop table a"] });
  const migrations = await someMigrations(database.url, folder);
  await migrations.plan();
  expect(await names(TABLES)).toEqual([]);

  await migrations.apply(run);
  expect(await names(TABLES)).toEqual([
    "public.a",
    "slipway_migrations.begun_outside_transactions",
    "slipway_migrations.migration_checksums",
    "slipway_migrations.pgmigrations",
    "slipway_migrations.schema_snapshots",
  ]);
  expect(await names("select name from slipway_migrations.pgmigrations")).toEqual(["0001_a"]);
});

test("waits for another run without a lock request in the server, which a lock time-out would end", async () => {
  const holder = await database.connect();
  await holder.query("select pg_advisory_lock($1::bigint)", [APP_HISTORY.lockKey]);
  const folder = await aMigrationFolder({ "0001_a": "create table a ()" });
  const migrations = await someMigrations(database.url, folder, { lockTimeoutMs: 20, lockWaitMs: 60_000 });
  const applying = migrations.apply(run);
  const asked = () =>
    names(`select application_name as name from pg_stat_activity
      where datname = current_database() and query ~ '^select pg_try_advisory_lock'`);
  await expect.poll(asked, { timeout: 20_000 }).toEqual(["slipway migrate, test, lock"]);
  expect(await names("select locktype as name from pg_locks where not granted")).toEqual([]);
  await holder.query("select pg_advisory_unlock_all()");
  expect(await applying).toMatchObject({ kind: "applied", ran: [{}] });
});

test("gives a session that has failed back clean: the same one runs what was mended", async () => {
  const migrations = await someMigrations(
    database.url,
    await aMigrationFolder({ "0001_a": "create table a (); select 1/0" }),
  );
  expect(await migrations.apply(run)).toMatchObject({ kind: "failed", stayed: [] });
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_FAILED" },
  });
  expect(await names("select locktype as name from pg_locks where locktype = 'advisory'")).toEqual([]);
});

test("a word that Postgres does not know fails with its line, and nothing is made", async () => {
  const folder = await aMigrationFolder({ "0001_a": "create tabel a ()" });
  expect(await (await someMigrations(database.url, folder)).apply(run)).toMatchObject({
    kind: "failed",
    problem: {
      code: "MIGRATION_FAILED",
      at: "0001_a.up.sql:1",
      says: expect.stringContaining("42601") as string,
    },
  });
  expect(await names(TABLES.replace("relkind = 'r'", "relkind = 'r' and relname = 'a'"))).toEqual([]);
});
