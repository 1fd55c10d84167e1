import { expect, test } from "vitest";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

const TABLES = `create schema app; create table app.entries (id int primary key, note text);
  create table app.patients (id int primary key); insert into app.entries values (1, 'a'), (2, 'b'), (3, null);
  insert into app.patients values (1)`;

/** What becomes of a migration that says that it keeps rows. */
async function outcomeOf(sql: string, first = TABLES) {
  const folder = await aMigrationFolder({ "0001_tables": first, "0002_change": sql });
  const migrations = await someMigrations(database.url, folder);
  const outcome = await migrations.apply(run);
  if (outcome.kind !== "failed") return outcome.kind;
  const { code, at, says } = outcome.problem;
  return { code, at, says, stayed: outcome.stayed };
}

const KEEPS = "-- slipway: keeps-rows=app.entries+app.patients\n";

test.each([
  ["changes rows", "update app.entries set note = 'c'"],
  ["rewrites the table", "alter table app.entries alter column id type bigint"],
  [
    "puts another table in its place",
    `create table app.new (like app.entries including all);
    insert into app.new select * from app.entries; drop table app.entries; alter table app.new rename to entries`,
  ],
  ["takes rows away and brings them back", "delete from app.patients; insert into app.patients values (9)"],
])("lets a migration pass that %s and keeps their number", async (_what, sql) => {
  expect(await outcomeOf(KEEPS + sql)).toBe("applied");
});

test.each([
  ["deletes some", "delete from app.entries where note is null", "app.entries had 3 rows and has 2"],
  ["adds some", "insert into app.patients values (2), (3)", "app.patients had 1 rows and has 3"],
  [
    "loses them in another table's place",
    `create table app.new (like app.entries); insert into app.new select * from app.entries where note <> 'a';
     drop table app.entries; alter table app.new rename to entries`,
    "app.entries had 3 rows and has 1",
  ],
  [
    "takes two tables away",
    "drop table app.patients; alter table app.entries rename to notes",
    "app.entries had 3 rows and is gone; app.patients had 1 rows and is gone",
  ],
  [
    "hides what it deletes",
    `alter table app.entries enable row level security; create policy none on app.entries using (false);
     create role r_%d; grant all on schema app to r_%d; grant all on app.entries to r_%d;
     delete from app.entries where id = 1; set row_security = on; set role r_%d`,
    "app.entries had 3 rows and has 2",
  ],
  [
    "leaves it to a trigger at the end",
    `create function app.cut() returns trigger language plpgsql as 'begin delete from app.patients; return null; end';
     create constraint trigger late after update on app.entries deferrable initially deferred
       for each row execute function app.cut(); update app.entries set note = 'c'`,
    "app.patients had 1 rows and has 0",
  ],
])("undoes a migration that says that it keeps rows and %s", async (_what, sql, says) => {
  const name = new URL(database.url).pathname.slice(1);
  expect(await outcomeOf(KEEPS + sql.replaceAll("%d", name))).toEqual({
    code: "MIGRATION_ROWS_NOT_KEPT",
    at: "0002_change.up.sql",
    says: `${says}, and the file says that it keeps them`,
    stayed: ["0001_tables.up.sql"],
  });
  const client = await database.connect();
  const { rows } = await client.query(
    "select (select count(*)::int from app.entries) as entries, (select count(*)::int from app.patients) as patients",
  );
  expect(rows).toEqual([{ entries: 3, patients: 1 }]);
});

test("counts the rows of partitions, and of names that need quotes", async () => {
  const partitioned = `create schema app; create table app."all rows" (id int) partition by range (id);
    create table app.some partition of app."all rows" default; insert into app."all rows" values (1), (2)`;
  expect(
    await outcomeOf(`-- slipway: keeps-rows=app."all rows"\ndelete from app.some where id = 2`, partitioned),
  ).toMatchObject({ says: 'app."all rows" had 2 rows and has 1, and the file says that it keeps them' });
});

test("does not begin when it is to keep the rows of what is no table", async () => {
  expect(await outcomeOf("-- slipway: keeps-rows=app.entires\ndelete from app.entries")).toEqual({
    code: "MIGRATION_KEEPS_NO_TABLE",
    at: "0002_change.up.sql",
    says: "says that it keeps the rows of app.entires, and there is no such table",
    stayed: ["0001_tables.up.sql"],
  });
});

test("holds a down to it as well", async () => {
  const folder = await aMigrationFolder({
    "0001_tables": TABLES,
    "0002_change": ["select 1", "-- slipway: keeps-rows=app.entries\ndelete from app.entries"],
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  expect(await migrations.revert({ ...run, target: { count: 1 } })).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_ROWS_NOT_KEPT", at: "0002_change.down.sql" },
  });
});

test("blames nobody for what others write meanwhile: they wait until it has ended", async () => {
  const folder = await aMigrationFolder({
    "0001_tables": TABLES,
    "0002_change": `${KEEPS}update app.entries set note = 'c'; select pg_sleep(1)`,
  });
  const migrations = await someMigrations(database.url, folder);
  const other = await database.connect();
  const applying = migrations.apply(run);
  await expect
    .poll(
      async () =>
        (
          await other.query(
            "select from pg_locks where mode = 'ShareRowExclusiveLock' and relation = to_regclass('app.entries') and granted",
          )
        ).rowCount,
      { timeout: 10_000 },
    )
    .toBe(1);
  const inserting = other.query("insert into app.entries values (9, 'from outside')");
  expect(await applying).toMatchObject({ kind: "applied" });
  await inserting;
  expect((await other.query("select from app.entries")).rowCount).toBe(4);
});

test("tries again when a table that it is to keep still is held", async () => {
  const client = await database.connect();
  await client.query(TABLES);
  const folder = await aMigrationFolder({ "0002_change": `${KEEPS}update app.entries set note = 'c'` });
  const migrations = await someMigrations(database.url, folder, { lockTimeoutMs: 100, lockRetries: 30 });
  await client.query("begin; insert into app.patients values (7)");
  const told: string[] = [];
  const tell = async ({ kind }: { readonly kind: string }) => {
    told.push(kind);
    if (told.length === 1) await client.query("commit");
  };
  expect(await migrations.apply({ ...run, tell: (event) => void tell(event) })).toMatchObject({
    kind: "applied",
    ran: [{ file: "0002_change.up.sql", attempts: expect.any(Number) as number }],
  });
  expect(told[0]).toBe("retry");
});

test.each([
  ["a block", "do $$ begin update app.entries set note = 'c'; end $$"],
  ["a WITH", "with u as (update app.entries set note = 'c' returning 1) select from u"],
])("does not take it for done when rows are expected and %s keeps them to itself", async (_what, sql) => {
  expect(await outcomeOf(`-- slipway: expect-rows=1..\n${sql}`)).toMatchObject({
    code: "MIGRATION_ROWS",
    at: "0002_change.up.sql",
    says: "expects rows, and no statement of it tells how many it changed",
  });
});

test("keeps no rows that row-level security hides from the role that migrates, before or after", async () => {
  const client = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await client.query(
    `create role ${name}_owner login password 'o'; grant create on database ${name} to ${name}_owner`,
  );
  try {
    const force = `alter table app.entries enable row level security; alter table app.entries force row level security;
      create policy none on app.entries using (false)`;
    const keeps = "-- slipway: keeps-rows=app.entries\n";
    const folder = await aMigrationFolder({
      "0001_tables": TABLES,
      "0002_hide": `${keeps}delete from app.entries where id = 1; ${force}; set row_security = on`,
    });
    const migrations = await someMigrations(database.urlAs(`${name}_owner`, "o"), folder);
    expect(await migrations.apply(run)).toMatchObject({
      kind: "failed",
      problem: { code: "MIGRATION_NOT_ALLOWED", at: "0002_hide.up.sql" },
      stayed: ["0001_tables.up.sql"],
    });

    await client.query(force);
    expect(await migrations.apply(run)).toMatchObject({
      kind: "failed",
      problem: {
        code: "MIGRATION_KEEPS_HIDDEN",
        says: "says that it keeps the rows of app.entries, and row-level security hides rows of it from the role that migrates",
      },
    });
  } finally {
    await client.query(`drop owned by ${name}_owner cascade; drop role ${name}_owner`);
  }
});
