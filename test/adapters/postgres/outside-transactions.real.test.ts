import { expect, test } from "vitest";
import type { MigrationEvent } from "../../../src/core/migration/run-event.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

const HEAD = "-- slipway: no-transaction\n";
const PAIRS = {
  "0001_t": ["create table t (a int); insert into t values (1), (1)", "drop table t"],
  "0002_i": [
    `${HEAD}create unique index concurrently if not exists "t by a" on t (a);`,
    `${HEAD}drop index concurrently "t by a"`,
  ],
} as const;

async function indexes(): Promise<unknown[]> {
  const client = await database.connect();
  const { rows } = await client.query(
    "select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indrelid = 't'::regclass",
  );
  return rows;
}

test("builds an index concurrently, records it, and drops it again", async () => {
  const folder = await aMigrationFolder({ ...PAIRS, "0001_t": ["create table t (a int)", "drop table t"] });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({ kind: "applied", ran: [{}, {}] });
  expect(await indexes()).toEqual([{ name: '"t by a"', valid: true }]);
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 2 });

  expect(await migrations.revert({ ...run, target: { count: 1 } })).toMatchObject({ kind: "applied" });
  expect(await indexes()).toEqual([]);
});

test("leaves no invalid index behind when the build fails", async () => {
  const migrations = await someMigrations(database.url, await aMigrationFolder(PAIRS));
  const told: MigrationEvent[] = [];
  expect(await migrations.apply({ ...run, tell: (event) => told.push(event) })).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_FAILED", at: "0002_i.up.sql" },
    stayed: ["0001_t.up.sql"],
  });
  expect(told).toContainEqual({ kind: "index-dropped", file: "0002_i.up.sql", index: 'public."t by a"' });
  expect(await indexes()).toEqual([]);
});

test("finds the invalid index that a killed run left, which IF NOT EXISTS would take for done", async () => {
  const migrations = await someMigrations(database.url, await aMigrationFolder(PAIRS));
  await migrations.apply(run);
  const client = await database.connect();
  await client.query('create unique index concurrently "t by a" on t (a)').catch(() => undefined);
  expect(await indexes()).toEqual([{ name: '"t by a"', valid: false }]);
  await client.query("delete from t");

  expect(await migrations.apply(run)).toMatchObject({ kind: "applied" });
  expect(await indexes()).toEqual([{ name: '"t by a"', valid: true }]);
});

test("records what a run did that was killed before it could", async () => {
  const folder = await aMigrationFolder({ ...PAIRS, "0001_t": "create table t (a int)" });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  const client = await database.connect();
  await client.query("delete from slipway_migrations.pgmigrations where name = '0002_i'");
  await client.query("delete from slipway_migrations.migration_checksums where id = '0002_i'");
  await client.query(
    "insert into slipway_migrations.begun_outside_transactions (id, direction, sha256) values ('0002_i', 'up', $1)",
    [await checksumOf(folder)],
  );

  const told: MigrationEvent[] = [];
  expect(await migrations.apply({ ...run, tell: (event) => told.push(event) })).toMatchObject({
    kind: "applied",
    ran: [{ file: "0002_i.up.sql" }],
  });
  expect(told).toContainEqual({ kind: "already-done", file: "0002_i.up.sql" });
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 2 });
});

async function checksumOf(folder: string): Promise<string | undefined> {
  const { readMigrations } = await import("../../../src/adapters/postgres/migration-folder.ts");
  return (await readMigrations(folder)).migrations.find(({ id }) => id === "0002_i")?.up.sha256;
}

test("refuses to build an index that has no name", async () => {
  const folder = await aMigrationFolder({
    "0001_t": "create table t (a int)",
    "0002_i": [`${HEAD}create index concurrently on t (a)`, `${HEAD}drop index concurrently t_a_idx`],
  });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_INDEX_UNNAMED", at: "0002_i.up.sql:2" },
  });
});

test("is not given up by the lock time-out while an old transaction keeps the build waiting", async () => {
  const folder = await aMigrationFolder({ ...PAIRS, "0001_t": "create table t (a int)" });
  const migrations = await someMigrations(database.url, folder, { lockTimeoutMs: 50 });
  const old = await database.connect();
  await old.query("begin isolation level repeatable read; select 1");
  const applied = migrations.apply(run);
  const client = await database.connect();
  await expect
    .poll(async () => (await client.query("select from pg_stat_progress_create_index")).rows.length, {
      timeout: 20_000,
    })
    .toBe(1);
  // Longer than the limit, so that it would have struck.
  await client.query("select pg_sleep(0.2)");
  await old.query("commit");
  expect(await applied).toMatchObject({ kind: "applied" });
});
