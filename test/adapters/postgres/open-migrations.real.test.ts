import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const never = new AbortController().signal;
const run = { fence: 1, signal: never };
const seconds = expect.any(Number) as number;
const hash = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

async function namesOf(query: string): Promise<unknown[]> {
  const client = await database.connect();
  return (await client.query(query)).rows.map((row: Record<string, unknown>) => Object.values(row)[0]);
}
const tables = () =>
  namesOf(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
  );

test("plans, applies, and then has nothing to do", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a ()",
    "0002_b": "create table b ();\n-- the end",
  });
  const migrations = await someMigrations(database.url, folder);

  const plan = await migrations.plan();
  expect(plan).toMatchObject({
    kind: "planned",
    applied: 0,
    pending: [{ file: "0001_a.up.sql" }, { file: "0002_b.up.sql" }],
  });
  expect(await namesOf("select nspname from pg_namespace where nspname ~ '^slipway'")).toEqual([]);

  expect(await migrations.apply(run)).toEqual({
    kind: "applied",
    ran: [
      { file: "0001_a.up.sql", seconds },
      { file: "0002_b.up.sql", seconds },
    ],
  });
  expect(await tables()).toEqual(["a", "b"]);
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 2 });
  expect(await migrations.apply(run)).toEqual({ kind: "applied", ran: [] });
});

test("keeps the migrations before the one that fails, undoes that one, and says which and where", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a ()",
    "0002_b":
      "create table b (id int);\ninsert into b values (1);\nselect nothing_of_that_name from b;\ncreate table c ()",
    "0003_d": "create table d ()",
  });
  const migrations = await someMigrations(database.url, folder);

  expect(await migrations.apply(run)).toEqual({
    kind: "failed",
    problem: {
      code: "MIGRATION_FAILED",
      at: "0002_b.up.sql:3",
      says: 'column "nothing_of_that_name" does not exist (42703)',
      hint: "mend the migration and try again; nothing of it was kept",
    },
    stayed: ["0001_a.up.sql"],
    ran: [{ file: "0001_a.up.sql", seconds }],
    failed: { file: "0002_b.up.sql", seconds, attempts: 1 },
    schema: { before: hash, after: hash, changes: [] },
  });
  const { migrations: facts, version } = await migrations.facts(["0001_a.up.sql"]);
  expect(version).toBe("0001_a");
  expect(facts[0]).toMatchObject({ schemaBefore: hash, schemaAfter: await migrations.schema() });
  expect(await tables()).toEqual(["a"]);

  await writeFile(join(folder, "0002_b.up.sql"), "create table b ()");
  expect(await migrations.apply(run)).toMatchObject({
    kind: "applied",
    ran: [{ file: "0002_b.up.sql" }, { file: "0003_d.up.sql" }],
  });
});

test("leaves the schema's hash as it was when a migration fails, and changes it when one runs", async () => {
  const folder = await aMigrationFolder({ "0001_a": "create table a (); select 1/0" });
  const migrations = await someMigrations(database.url, folder);
  const before = await migrations.schema();
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await migrations.apply(run)).toMatchObject({ kind: "failed", stayed: [] });
  expect(await migrations.schema()).toBe(before);

  await writeFile(join(folder, "0001_a.up.sql"), "create table a ()");
  await migrations.apply(run);
  expect(await migrations.schema()).not.toBe(before);
});

test.each([
  [
    "a constraint that fails at the commit",
    "create table a (id int references a deferrable initially deferred, k int unique); insert into a values (7, 1)",
    "23503",
  ],
  ["a failing check", "create table a (id int check (id > 0)); insert into a values (0)", "23514"],
])("undoes %s", async (_what, sql, state) => {
  const folder = await aMigrationFolder({
    "0001_a": sql.replace("(id int references a ", "(id int primary key, b int default 9 references a "),
  });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: { says: expect.stringContaining(`(${state})`) as string },
    stayed: [],
  });
  expect(await tables()).toEqual([]);
  expect(await migrations.plan()).toMatchObject({ kind: "planned", applied: 0 });
});

test("refuses edited, missing and unknown files before anything runs", async () => {
  const folder = await aMigrationFolder({ "0001_a": "create table a ()", "0002_b": "create table b ()" });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  await writeFile(join(folder, "0001_a.down.sql"), "drop table a");
  await writeFile(join(folder, "0003_c.up.sql"), "create table c ()");
  await writeFile(join(folder, "README.md"), "notes");

  const plan = await migrations.plan();
  expect(plan.kind === "refused" ? plan.problems.map(({ code, at }) => [code, at]) : plan).toEqual([
    ["MIGRATION_NAME", "README.md"],
    ["MIGRATION_DOWN_MISSING", "0003_c.up.sql"],
    ["MIGRATION_EDITED", "0001_a.down.sql"],
  ]);
  expect(await migrations.apply(run)).toMatchObject({ kind: "failed", problem: { code: "MIGRATION_NAME" } });
  expect(await tables()).toEqual(["a", "b"]);
});

test("runs what it has read, not what somebody writes into the file meanwhile", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "select pg_advisory_xact_lock(7)",
    "0002_b": "create table good ()",
  });
  const other = await database.connect();
  await other.query("select pg_advisory_lock(7)");
  const migrations = await someMigrations(database.url, folder, { lockTimeoutMs: 30_000 });
  const applying = migrations.apply(run);
  const waits = "select from pg_stat_activity where wait_event = 'advisory' and datname = current_database()";
  await expect.poll(async () => (await other.query(waits)).rowCount, { timeout: 30_000 }).toBe(1);
  await writeFile(join(folder, "0002_b.up.sql"), "create table bad ()");
  await other.query("select pg_advisory_unlock(7)");
  await applying;
  expect(await tables()).toEqual(["good"]);
  expect(await migrations.plan()).toMatchObject({ problems: [{ code: "MIGRATION_EDITED" }] });
});

test("runs what was planned, not what somebody writes into the file before it runs", async () => {
  const folder = await aMigrationFolder({ "0001_a": "create table good ()" });
  const migrations = await someMigrations(database.url, folder);
  const plan = await migrations.plan();
  await writeFile(join(folder, "0001_a.up.sql"), "create table bad ()");

  await migrations.apply(run);
  expect(await tables()).toEqual(["good"]);
  const [pending] = plan.kind === "planned" ? plan.pending : [];
  expect(await migrations.facts(["0001_a.up.sql"])).toMatchObject({
    migrations: [{ upSha256: pending?.sha256 }],
  });
  expect(await migrations.plan()).toMatchObject({ problems: [{ code: "MIGRATION_EDITED" }] });
});

test("reads each migration by the session's own settings, whatever the one before it has set", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "set standard_conforming_strings = off",
    "0002_b": "create table b as select 'C:\\'::text as a",
  });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({ kind: "applied" });
  expect(await tables()).toEqual(["b"]);
});

test("knows a history that was written in another time zone", async () => {
  const folder = await aMigrationFolder({ "0001_a": "select 1" });
  const tokyo = `${database.url}?options=${encodeURIComponent("-c timezone=Asia/Tokyo")}`;
  await (await someMigrations(tokyo, folder)).apply(run);
  const client = await database.connect();
  await client.query(
    `alter database ${new URL(database.url).pathname.slice(1)} set timezone = 'America/New_York'`,
  );

  await writeFile(join(folder, "0002_b.up.sql"), "select 2");
  await writeFile(join(folder, "0002_b.down.sql"), "select 2");
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({ kind: "applied" });
  await writeFile(join(folder, "0003_c.up.sql"), "select 3");
  await writeFile(join(folder, "0003_c.down.sql"), "select 3");
  expect(await migrations.apply(run)).toMatchObject({ kind: "applied", ran: [{ file: "0003_c.up.sql" }] });
});

test("nothing that a migration sets in its session reaches the next one or the history", async () => {
  const client = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await client.query(`create role ${name}_other`);
  try {
    const folder = await aMigrationFolder({
      "0001_settings": `set lock_timeout = '7s'; set timezone = 'Asia/Tokyo'; set row_security = on;
        create schema elsewhere; set search_path = elsewhere; create temp table kept (); set role ${name}_other`,
      "0002_after": `create table settings as select current_setting('lock_timeout') as lock,
        current_setting('timezone') as zone, current_setting('row_security') as rows, current_user::text as role,
        current_setting('search_path') as path, to_regclass('kept') is null as clean`,
    });
    const migrations = await someMigrations(database.url, folder);
    expect(await migrations.apply(run)).toMatchObject({ kind: "applied" });
    expect((await client.query("select * from public.settings")).rows).toEqual([
      { lock: "5s", zone: "UTC", rows: "off", role: "postgres", path: '"$user", public', clean: true },
    ]);
  } finally {
    await client.query(`drop role ${name}_other`);
  }
});

test("fails instead of passing over rows that row-level security hides", async () => {
  const client = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await client.query(`create role ${name}_owner login password 'o'; grant create on database ${name} to ${name}_owner;
    grant create on schema public to ${name}_owner`);
  try {
    const folder = await aMigrationFolder({
      "0001_a": `create table a (clinic text, note text); insert into a values ('x', 'old');
        alter table a enable row level security; alter table a force row level security;
        create policy own on a using (clinic = current_setting('app.clinic', true))`,
      "0002_b": "update a set note = 'new'",
    });
    const migrations = await someMigrations(database.urlAs(`${name}_owner`, "o"), folder);
    expect(await migrations.apply(run)).toMatchObject({
      kind: "failed",
      problem: { code: "MIGRATION_NOT_ALLOWED", at: "0002_b.up.sql" },
      stayed: ["0001_a.up.sql"],
    });
  } finally {
    await client.query(`drop owned by ${name}_owner cascade; drop role ${name}_owner`);
  }
});

test("undoes a migration that drops the history it is to be written into", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a ()",
    "0002_b": "do $$ begin execute 'drop schema slip' || 'way_migrations cascade'; end $$",
  });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({ kind: "failed", stayed: ["0001_a.up.sql"] });
  expect(await migrations.plan()).toMatchObject({ kind: "planned", applied: 1 });
});

test("says what a role lacks that may not create the history", async () => {
  const client = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await client.query(`create role ${name}_low login password 'l'`);
  try {
    const folder = await aMigrationFolder({ "0001_a": "select 1" });
    const migrations = await someMigrations(database.urlAs(`${name}_low`, "l"), folder);
    expect(await migrations.apply(run)).toMatchObject({
      kind: "failed",
      problem: { code: "MIGRATION_NOT_ALLOWED", at: "slipway_migrations" },
    });
  } finally {
    await client.query(`drop role ${name}_low`);
  }
});

test("takes braces, dollars and quotes in SQL as they are", async () => {
  const text = `{json} {"a": "$1"} $$ it''s \\n`;
  const folder = await aMigrationFolder({ "0001_a": `create table a as select '${text}' as t` });
  await (await someMigrations(database.url, folder)).apply(run);
  expect(await namesOf("select t from a")).toEqual([text.replace("''", "'")]);
});

test("prints nothing of a failing statement", async () => {
  const written: string[] = [];
  const keep = (text: unknown): boolean => written.push(String(text)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(keep),
  );
  try {
    const folder = await aMigrationFolder({ "0001_a": "create role r_hunter2 password 'hunter2' nonsense" });
    await (await someMigrations(database.url, folder)).apply(run);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  expect(written.join("")).not.toContain("hunter2");
});
