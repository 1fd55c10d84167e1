import { readFile, readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { SCHEMA_QUERIES } from "../../../src/adapters/postgres/schema-queries.ts";
import { readSchema } from "../../../src/adapters/postgres/schema-snapshot.ts";
import { compareSchemas } from "../../../src/core/schema/compare-schemas.ts";
import type { SchemaRow } from "../../../src/core/schema/types.ts";
import { useDatabase } from "../../support/postgres.ts";

const database = useDatabase();

const BASE = `
  create table owner (id int primary key, name text not null default 'x');
  create table thing (id int primary key, owner_id int references owner, note varchar(20), n numeric(8, 2));
  create index thing_note on thing (note);
  alter table thing enable row level security;
  create policy mine on thing using (note = current_user);
  create view seen as select id, note from thing;
  create function f(a int) returns int language sql as 'select a';
  create function t() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger touch before update on thing for each row execute function t();
  create type mood as enum ('good', 'bad');
  create domain short as text check (length(value) < 9);
  create sequence counter;
  create materialized view counted as select count(*) from thing;
  create rule quiet as on delete to owner do instead nothing;`;

/** One change each; every one must be seen. */
const CHANGES = [
  "alter table thing add column extra int",
  "alter table thing drop column n",
  "alter table thing alter n type numeric(9, 2)",
  "alter table thing alter note set not null",
  "alter table owner alter name set default 'y'",
  "alter table owner alter name drop default",
  "alter table thing rename note to notes",
  "alter table thing drop column n, add column n numeric(9, 2)",
  "alter table thing add check (id > 0)",
  "alter table thing add constraint later check (id > 1) not valid",
  "alter table thing drop constraint thing_owner_id_fkey",
  "drop index thing_note",
  "create unique index on thing (n)",
  "create index on thing (note) where id > 3",
  "alter table thing disable row level security",
  "alter table thing force row level security",
  "drop policy mine on thing",
  "alter policy mine on thing using (true)",
  "alter policy mine on thing with check (false)",
  "alter policy mine on thing to pg_monitor",
  "create policy more on thing as restrictive for select using (true)",
  "grant select on thing to pg_monitor",
  "grant select (note) on thing to public",
  "grant select on thing to pg_monitor with grant option",
  "alter view seen set (security_invoker = true)",
  "create or replace view seen as select id, note from thing where id > 1",
  "create or replace function f(a int) returns int language sql as 'select a + 1'",
  "alter function f(int) security definer",
  "alter function f(int) set search_path = pg_catalog",
  "revoke execute on function f(int) from public",
  "alter table thing disable trigger touch",
  "drop trigger touch on thing",
  "alter type mood add value 'middling'",
  "alter type mood rename value 'bad' to 'worse'",
  "alter domain short set not null",
  "alter domain short add check (value <> '')",
  "alter sequence counter increment 2",
  "alter sequence counter cycle",
  "drop materialized view counted",
  "drop rule quiet on owner",
  "create schema other",
  "create table other_table ()",
  "alter table thing set unlogged",
  "alter table thing set (fillfactor = 70)",
  "alter table thing replica identity full",
  "alter table thing owner to pg_monitor",
  "alter default privileges in schema public grant select on tables to public",
  "create unlogged table fast ()",
  "create table parts (id int) partition by range (id)",
  "comment on column thing.note is 'what was said'",
  "create statistics pair (dependencies) on id, n from thing",
  "alter table thing alter note set statistics 500",
  "alter table thing alter note set storage external",
  "create publication news for table thing",
  "create aggregate total (int) (sfunc = int4pl, stype = int)",
  "alter index thing_note set (fillfactor = 70)",
  "create event trigger watch on ddl_command_end execute function ev()",
];

test("is the same for the same schema and sees every one of many changes", async () => {
  const client = await database.connect();
  await client.query(BASE);
  await client.query("create function ev() returns event_trigger language plpgsql as 'begin end'");
  const snapshot = await readSchema(client);
  const before = JSON.stringify(snapshot);
  expect(JSON.stringify(await readSchema(client))).toBe(before);

  const unseen: string[] = [];
  for (const change of CHANGES) {
    await client.query("begin");
    await client.query(change);
    // The snapshot opens a transaction of its own; inside of this one its statements are enough.
    await client.query("set local search_path = pg_catalog");
    const after: Record<string, SchemaRow[]> = {};
    for (const [section, query] of Object.entries(SCHEMA_QUERIES))
      after[section] = (await client.query<Record<string, unknown>>(query)).rows;
    if (compareSchemas(snapshot, after).length === 0) unseen.push(change);
    await client.query("rollback");
  }
  expect(unseen).toEqual([]);
  expect(JSON.stringify(await readSchema(client))).toBe(before);
});

test("is the same whatever was made first, and whatever rows and search path there are", async () => {
  const client = await database.connect();
  await client.query(BASE);
  const first = await readSchema(client);
  await client.query(
    "drop schema public cascade; create schema public; grant usage on schema public to public",
  );
  await client.query("create table by_the_way (); drop table by_the_way");
  await client.query(BASE);
  await client.query("insert into owner values (1); set search_path = nowhere");
  const { schemas: _schemas, ...second } = await readSchema(client);
  const { schemas: _before, ...rest } = first;
  expect(second).toEqual(rest);
});

test("leaves out what Slipway keeps for itself", async () => {
  const client = await database.connect();
  const before = await readSchema(client);
  await client.query(
    "create schema slipway_migrations; create table slipway_migrations.a (id serial primary key)",
  );
  await client.query("create schema slipway_ledger");
  const folder = new URL("../../../migrations/", import.meta.url);
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".up.sql")).sort()) {
    await client.query(await readFile(new URL(file, folder), "utf8"));
  }
  expect(await readSchema(client)).toEqual(before);
});
