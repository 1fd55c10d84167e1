import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { sumRows } from "../../../src/adapters/postgres/row-sums.ts";
import type { MigrationEvent } from "../../../src/core/migration/run-event.ts";
import { useDatabase } from "../../support/postgres.ts";
import { seedFiles, someSeeds } from "./some-seeds.ts";

const database = useDatabase();
const never = new AbortController().signal;
const run = { keep: true, signal: never };
const seconds = expect.any(Number) as number;

const LANGUAGES = `
  insert into languages (code, name) values ('de', 'Deutsch'), ('en', 'English') on conflict do nothing;`;
const CLINICS = `
  insert into clinics (name, language) values ('North', 'de') on conflict (name) do nothing;`;

beforeEach(async () => {
  const client = await database.connect();
  await client.query(`
    create table languages (code text primary key, name text not null, seen timestamptz);
    create table clinics (
      id bigint generated always as identity primary key,
      name text not null unique,
      language text not null references languages (code) deferrable initially deferred
    );
    create table audit (at timestamptz not null default clock_timestamp(), what text);
    create function audit() returns trigger language plpgsql as $$
    begin insert into audit (what) values (tg_op || ' ' || new.name); return null; end $$;
    create trigger audited after insert or update on clinics for each row execute function audit();`);
});

async function sums() {
  return sumRows(await database.connect());
}

describe("seeds that bring in what is not there", () => {
  test("are kept, counted by file and table, and the second run of the verb changes nothing", async () => {
    const seeding = await someSeeds(database.url);
    const files = seedFiles(LANGUAGES, CLINICS);

    expect(await seeding.apply(files, run)).toEqual({
      kind: "applied",
      files: [
        {
          file: "practice/0001_rows.sql",
          sha256: files[0]?.sha256,
          seconds,
          wrote: [{ table: "public.languages", inserted: 2, updated: 0, deleted: 0 }],
        },
        {
          file: "practice/0002_rows.sql",
          sha256: files[1]?.sha256,
          seconds,
          wrote: [
            { table: "public.audit", inserted: 1, updated: 0, deleted: 0 },
            { table: "public.clinics", inserted: 1, updated: 0, deleted: 0 },
          ],
        },
      ],
    });
    const before = await sums();
    expect(before.get("public.languages")?.count).toBe(2);

    const again = await (await someSeeds(database.url)).apply(files, run);
    expect(again).toMatchObject({ kind: "applied", files: [{ wrote: [] }, { wrote: [] }] });
    expect(await sums()).toEqual(before);
  });

  test("are undone by a dry run, which tells what they would write", async () => {
    const before = await sums();
    const outcome = await (
      await someSeeds(database.url)
    ).apply(seedFiles(LANGUAGES), { ...run, keep: false });
    expect(outcome).toMatchObject({
      kind: "applied",
      files: [{ wrote: [{ table: "public.languages", inserted: 2 }] }],
    });
    expect(await sums()).toEqual(before);
  });

  test("may update what differs, delete what must not be there, and merge", async () => {
    await (
      await database.connect()
    ).query("insert into languages values ('de', 'Duits'), ('nl', 'Nederlands'), ('xx', 'gone')");
    const files = seedFiles(
      `insert into languages as t (code, name) values ('de', 'Deutsch') on conflict (code) do update
         set name = excluded.name where t.name is distinct from excluded.name;
       delete from languages where code = 'xx';`,
      `merge into languages t using (values ('nl', 'Nederlands'), ('fr', 'Français')) as s (code, name) on t.code = s.code
         when matched and t.name is distinct from s.name then update set name = s.name
         when not matched then insert (code, name) values (s.code, s.name);`,
    );
    expect(await (await someSeeds(database.url)).apply(files, run)).toMatchObject({
      kind: "applied",
      files: [
        { wrote: [{ table: "public.languages", inserted: 0, updated: 1, deleted: 1 }] },
        { wrote: [{ table: "public.languages", inserted: 1, updated: 0, deleted: 0 }] },
      ],
    });
  });

  test("leave no setting, role or temporary table to the next file", async () => {
    const files = seedFiles(
      `create temporary table given as select 'de' as code; set search_path = pg_catalog;
       select set_config('app.clinic_id', 'north', false);
       insert into public.languages select code, 'Deutsch' from given on conflict do nothing;`,
      `create temporary table given as select 'en' as code;
       insert into languages select code, coalesce(nullif(current_setting('app.clinic_id', true), ''), 'English')
       from given on conflict do nothing;`,
    );
    expect(await (await someSeeds(database.url)).apply(files, run)).toMatchObject({ kind: "applied" });
    const client = await database.connect();
    expect((await client.query("select code, name from languages order by 1")).rows).toEqual([
      { code: "de", name: "Deutsch" },
      { code: "en", name: "English" },
    ]);
  });

  test("may put a check off to the end of the run", async () => {
    const files = seedFiles(CLINICS, LANGUAGES);
    expect(await (await someSeeds(database.url)).apply(files, run)).toMatchObject({ kind: "applied" });
    expect(await (await someSeeds(database.url)).apply(seedFiles(CLINICS), run)).toMatchObject({
      kind: "applied",
      files: [{ wrote: [] }],
    });
  });
});

describe("seeds that write again when they run again are undone as a whole", () => {
  const unique = "(23505)";
  test.each([
    [
      "an insert of a key",
      "insert into languages values ('fr', 'Français')",
      "practice/0002_rows.sql",
      `a second run fails: duplicate key value violates unique constraint "languages_pkey" ${unique}`,
      /^insert only what is not there/,
    ],
    [
      "an insert without a key",
      "insert into audit (what) values ('seeded')",
      "practice/0002_rows.sql",
      "a second run writes again: public.audit: 1 inserted",
      /^insert only what is not there/,
    ],
    [
      "an upsert that rewrites what is there, whose trigger writes each time",
      `insert into clinics (name, language) values ('North', 'de') on conflict (name) do update set language = excluded.language`,
      "practice/0002_rows.sql",
      "a second run writes again: public.audit: 1 inserted; public.clinics: 1 updated",
      /^update only what differs/,
    ],
    [
      "an upsert that notes the time, which is the same all through a transaction",
      `insert into languages values ('en', 'English', now()) on conflict (code) do update set seen = excluded.seen`,
      "practice/0002_rows.sql",
      "a second run writes again: public.languages: 1 updated",
      /^update only what differs/,
    ],
    [
      "a delete and an insert",
      "delete from languages where code = 'en'; insert into languages values ('en', 'English')",
      "practice/0002_rows.sql",
      "a second run writes again: public.languages: 1 inserted, 1 deleted",
      /^insert only what is not there/,
    ],
    [
      "a large object",
      "select lo_from_bytea(0, 'x')",
      "practice/0002_rows.sql",
      "a second run writes again: pg_catalog.pg_largeobject: 1 inserted",
      /^insert only what is not there/,
    ],
  ])("%s", async (_what, sql, at, says, hint) => {
    const before = await sums();
    const outcome = await (await someSeeds(database.url)).apply(seedFiles(LANGUAGES, sql), run);
    expect(outcome).toEqual({
      kind: "failed",
      problem: {
        code: "SEED_NOT_IDEMPOTENT",
        at: expect.stringContaining(at) as string,
        says,
        hint: expect.stringMatching(hint) as string,
      },
    });
    expect(await sums()).toEqual(before);
  });

  test("a file that undoes what another one brings in", async () => {
    const files = seedFiles(LANGUAGES, "delete from languages where code = 'en'");
    expect(await (await someSeeds(database.url)).apply(files, run)).toMatchObject({
      kind: "failed",
      problem: {
        code: "SEED_NOT_IDEMPOTENT",
        at: "practice/0001_rows.sql",
        says: "a second run writes again: public.languages: 1 inserted",
      },
    });
  });
});

describe("seeds that do more than write rows are undone as a whole", () => {
  test.each([
    [
      "SEED_CHANGES_SCHEMA",
      "do $$ begin alter table languages add column script text; end $$",
      "change the schema in 1 place: + column public.languages script",
    ],
    [
      "SEED_EMPTIES_TABLE",
      "do $$ begin truncate audit; end $$",
      "empty public.audit as TRUNCATE does, whose rows nobody counts",
    ],
    [
      "SEED_WRITES_HISTORY",
      "insert into slipway_migrations.pgmigrations select 1 where not exists (select from slipway_migrations.pgmigrations)",
      "writes into slipway_migrations.pgmigrations, where Slipway remembers what ran",
    ],
    ["SEED_FAILED", "select 1;\nselect nothing from languages", 'column "nothing" does not exist (42703)'],
    [
      "SEED_FAILED",
      "insert into clinics (name, language) select 'South', 'xx' where not exists (select from clinics where name = 'South')",
      'insert or update on table "clinics" violates foreign key constraint "clinics_language_fkey" (23503)',
    ],
  ])("%s: %s", async (code, sql, says) => {
    const client = await database.connect();
    await client.query(
      "create schema slipway_migrations; create table slipway_migrations.pgmigrations (id int)",
    );
    const before = await sums();
    const outcome = await (await someSeeds(database.url)).apply(seedFiles(LANGUAGES, sql), run);
    expect(outcome).toMatchObject({ kind: "failed", problem: { code, says } });
    expect(await sums()).toEqual(before);
  });

  test("row-level security hides nothing from them in silence", async () => {
    const client = await database.connect();
    const role = `seeder_${database.url.slice(-12)}`;
    await client.query(`create role ${role} login password 'seeder';
      alter table languages owner to ${role};
      alter table languages enable row level security; alter table languages force row level security;
      create policy one on languages using (code = current_setting('app.code', true));
      grant usage on schema public to ${role}`);
    const seeding = await someSeeds(database.urlAs(role, "seeder"));

    expect(await seeding.apply(seedFiles(LANGUAGES), run)).toMatchObject({
      kind: "failed",
      problem: {
        code: "SEED_NOT_ALLOWED",
        at: "practice/0001_rows.sql",
        says: 'query would be affected by row-level security policy for table "languages" (42501)',
      },
    });
    const asTenant = `set local row_security = on; select set_config('app.code', 'de', true);
      insert into languages values ('de', 'Deutsch') on conflict do nothing`;
    expect(await seeding.apply(seedFiles(asTenant), run)).toMatchObject({
      kind: "applied",
      files: [{ wrote: [{ table: "public.languages", inserted: 1 }] }],
    });
  });

  test("a server that counts no rows is told, and nothing is written", async () => {
    const client = await database.connect();
    const name = new URL(database.url).pathname.slice(1);
    await client.query(`alter database ${name} set track_counts = off`);
    expect(await (await someSeeds(database.url)).apply(seedFiles(LANGUAGES), run)).toMatchObject({
      kind: "failed",
      problem: { code: "SEED_NOT_MEASURED" },
    });
    expect((await sums()).get("public.languages")?.count).toBe(0);
  });
});

describe("while others are at work", () => {
  test("waits for no migration: their lock is one", async () => {
    const client = await database.connect();
    await client.query("select pg_advisory_lock(5497420001)");
    expect(await (await someSeeds(database.url)).apply(seedFiles(LANGUAGES), run)).toMatchObject({
      kind: "failed",
      problem: { code: "MIGRATIONS_LOCKED" },
    });
  });

  test("tries again when a table is held, and names who held it when it gives up", async () => {
    const holder = await database.connect();
    await holder.query("set application_name = 'report'");
    await holder.query("begin; lock table languages in exclusive mode");
    const seeding = await someSeeds(database.url);
    const told: MigrationEvent[] = [];
    const tell = (event: MigrationEvent) => void told.push(event);
    expect(await seeding.apply(seedFiles(LANGUAGES), { ...run, tell })).toMatchObject({
      kind: "failed",
      problem: {
        code: "SEED_LOCK_TIMEOUT",
        at: "practice/0001_rows.sql:2",
        says: expect.stringMatching(/^did not get its lock 2 times held by report \(pid \d+/) as string,
      },
    });
    expect(told).toMatchObject([{ kind: "retry", file: "practice/0001_rows.sql", attempt: 1 }]);

    await holder.query("commit");
    expect(await seeding.apply(seedFiles(LANGUAGES), run)).toMatchObject({ kind: "applied" });
  });

  test("what another session commits meanwhile is not taken for the second run's doing", async () => {
    const other = await database.connect();
    await other.query("insert into languages values ('en', 'English')");
    // The first run waits here until the other session has taken a row away that the second run would bring back.
    await other.query("select pg_advisory_lock(1)");
    const english = `insert into languages select 'en', 'English'
      where not exists (select from languages where code = 'en')`;
    const files = seedFiles(english, "select pg_advisory_lock(1), pg_advisory_unlock(1)");
    const running = (await someSeeds(database.url, { lockTimeoutMs: 20_000 })).apply(files, run);
    await untilWaiting("pg_advisory_lock");
    await other.query("delete from languages where code = 'en'; select pg_advisory_unlock(1)");
    expect(await running).toMatchObject({
      kind: "applied",
      files: [{ wrote: [] }, { wrote: [] }],
    });
  });

  test("stops when it is told to, and undoes what it did", async () => {
    const stop = new AbortController();
    const seeding = await someSeeds(database.url);
    const running = seeding.apply(seedFiles(LANGUAGES, "select pg_sleep(60)"), {
      ...run,
      signal: stop.signal,
    });
    await untilWaiting("pg_sleep");
    stop.abort();
    expect(await running).toMatchObject({
      kind: "failed",
      problem: { code: "SEED_INTERRUPTED", at: "practice/0002_rows.sql" },
    });
    expect((await sums()).get("public.languages")?.count).toBe(0);
  });

  test("a lost session is told, and nothing of it stays", async () => {
    const seeding = await someSeeds(database.url);
    const running = seeding.apply(seedFiles(LANGUAGES, "select pg_sleep(60)"), run);
    const pid = await untilWaiting("pg_sleep");
    await (await database.connect()).query("select pg_terminate_backend($1)", [pid]);
    expect(await running).toMatchObject({
      kind: "failed",
      problem: { code: "SEED_CONNECTION_LOST", at: "practice/0002_rows.sql" },
    });
    expect((await sums()).get("public.languages")?.count).toBe(0);
  });
});

/** Waits until a session of ours runs a statement with that in it and is kept waiting; answers its process id. */
async function untilWaiting(statement: string): Promise<number> {
  const client = await database.connect();
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await setTimeout(20)) {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name like 'slipway seed%' and wait_event is not null
         and state = 'active' and query ~ $1`,
      [statement],
    );
    if (rows[0] !== undefined) return rows[0].pid;
  }
  throw new Error(`nothing runs ${statement}`);
}
