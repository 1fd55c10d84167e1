import { expect, onTestFinished, test } from "vitest";
import { migrateDrift } from "../../../src/actions/migrate-drift.ts";
import { migrateStatus } from "../../../src/actions/migrate-status.ts";
import { openInspection } from "../../../src/adapters/postgres/open-inspection.ts";
import { describeDrift } from "../../../src/core/schema/drift-report.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };
const subject = { app: "diary", environment: "local" };

async function anInspection(folder: string, url = database.url) {
  const inspection = await openInspection({ url: new Secret("url", url), folder });
  onTestFinished(() => inspection.close());
  return inspection;
}

/** A role that may look and nothing else, on whatever database. */
async function aReader(): Promise<string> {
  const client = await database.connect();
  await client.query("drop role if exists looker");
  await client.query("create role looker login password 'only looks'");
  await client.query("alter role looker set default_transaction_read_only = on");
  return database.urlAs("looker", "only looks");
}

test("plans as a role that may only look, and creates nothing", async () => {
  const url = await aReader();
  const folder = await aMigrationFolder({ "0001_a": "create table a ()" });
  const client = await database.connect();
  const all = async () =>
    (await client.query("select oid::regclass::text as name from pg_class where oid >= 16384 order by 1"))
      .rows;
  const before = await all();

  const inspection = await anInspection(folder, url);
  expect(await inspection.inspect()).toMatchObject({
    applied: [],
    pending: [{ id: "0001_a" }],
    problems: [],
  });
  expect((await inspection.schema()).sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(await inspection.expected()).toEqual({ kind: "unknown", migration: undefined });
  expect(await all()).toEqual(before);
  expect((await client.query("select from pg_namespace where nspname ~ '^slipway'")).rows).toEqual([]);
});

test("says which grant is missing when the role may not read what ran", async () => {
  const url = await aReader();
  const folder = await aMigrationFolder({ "0001_a": "create table a ()" });
  await (await someMigrations(database.url, folder)).apply(run);

  const inspection = await anInspection(folder, url);
  await expect(inspection.inspect()).rejects.toMatchObject({
    exit: "verifyFailed",
    problems: [{ code: "MIGRATION_NOT_ALLOWED", at: "slipway_migrations" }],
  });
  const client = await database.connect();
  await client.query(
    "grant usage on schema slipway_migrations to looker; grant select on all tables in schema slipway_migrations to looker",
  );
  expect(await migrateStatus(subject, inspection)).toEqual({
    ...subject,
    applied: [
      {
        id: "0001_a",
        ranAt: expect.stringMatching(/Z$/) as string,
        seconds: expect.any(Number) as number,
        ranBy: "postgres",
      },
    ],
    pending: [],
    problems: [],
    exitCode: 0,
  });
});

test("finds what somebody changed by hand since the last migration, and says what", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a (id int primary key, note varchar(20) not null)",
    "0002_b": "create index a_note on a (note)",
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  const inspection = await anInspection(folder);
  expect(await migrateDrift(subject, inspection)).toMatchObject({
    verdict: "same",
    problems: [],
    exitCode: 0,
  });

  const client = await database.connect();
  await client.query("alter table a alter note type varchar(30), add column extra int; drop index a_note");
  const report = await migrateDrift(subject, inspection);
  expect(report).toMatchObject({
    verdict: "drifted",
    migration: "0002_b",
    problems: [
      {
        code: "SCHEMA_DRIFTED",
        at: "database",
        says: "differs from what 0002_b left in 3 places: + column public.a extra; ~ column public.a note (type: character varying(20) → character varying(30)); - index public.a public.a_note",
      },
    ],
    exitCode: 10,
  });
  expect(describeDrift(report)).toBe(
    [
      "the schema is not as 0002_b left it (+ new, - gone, ~ changed)",
      "+ column public.a extra",
      "~ column public.a note",
      "    type: character varying(20) → character varying(30)",
      "- index public.a public.a_note",
    ].join("\n"),
  );
});

test("expects after a down what was there before the up", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a ()",
    "0002_b": ["create table b ()", "drop table b"],
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  await migrations.revert({ ...run, target: { count: 1 } });
  const inspection = await anInspection(folder);
  expect(await migrateDrift(subject, inspection)).toMatchObject({ verdict: "same", migration: "0001_a" });
});

test("does not believe a kept schema that somebody wrote over", async () => {
  const folder = await aMigrationFolder({ "0001_a": "create table a ()" });
  await (await someMigrations(database.url, folder)).apply(run);
  const client = await database.connect();
  await client.query(
    "update slipway_migrations.schema_snapshots set document = jsonb_set(document, '{relations}', '[]')",
  );
  const inspection = await anInspection(folder);
  expect(await migrateDrift(subject, inspection)).toMatchObject({
    verdict: "forged",
    problems: [{ code: "SCHEMA_SNAPSHOT_FORGED" }],
    exitCode: 10,
  });
});

test("expects no schema while an index is half built: the run that mends it must not be stopped by it", async () => {
  const folder = await aMigrationFolder({ "0001_a": "create table a (id int)" });
  await (await someMigrations(database.url, folder)).apply(run);
  const client = await database.connect();
  await client.query(
    "insert into slipway_migrations.begun_outside_transactions (id, direction, sha256) values ('0002_index', 'up', 'x')",
  );
  await client.query("create index half_built on a (id)");

  const inspection = await anInspection(folder);
  expect(await inspection.expected()).toEqual({ kind: "unfinished", migration: "0002_index" });
  const report = await migrateDrift(subject, inspection);
  expect(report).toMatchObject({ verdict: "unfinished", problems: [], exitCode: 0 });
  expect(describeDrift(report)).toContain("0002_index was begun and has not ended");
});

test("tells the time of the database", async () => {
  const inspection = await anInspection(await aMigrationFolder({ "0001_a": "create table a ()" }));
  const client = await database.connect();
  const before = (await client.query<{ now: Date }>("select clock_timestamp() as now")).rows[0]?.now ?? 0;
  expect(Date.parse((await inspection.inspect()).now)).toBeGreaterThanOrEqual(Number(before));
});
