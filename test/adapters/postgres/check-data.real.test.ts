import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Client } from "pg";
import { checkData, type DataScope } from "../../../src/adapters/postgres/check-data.ts";
import { SOUND_DATA } from "../../builders/sound-data.ts";
import type { DataFacts } from "../../../src/core/data-check/types.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aFolderOf } from "./a-migration-folder.ts";

const database = useDatabase();

/** Asks as a deployment does; `queries` are the app's own. */
async function factsOf(
  changes: Partial<DataScope> = {},
  queries: Readonly<Record<string, string>> = {},
  client?: Client,
): Promise<DataFacts> {
  const app = await aFolderOf({});
  await mkdir(join(app, "checks"));
  for (const [name, text] of Object.entries(queries)) await writeFile(join(app, "checks", name), text);
  const scope = { folder: join(app, "migrations"), thorough: false, questionMs: 10_000, totalMs: 20_000 };
  return checkData(client ?? (await database.connect()), { ...scope, ...changes });
}

async function run(sql: string): Promise<void> {
  await (await database.connect()).query(sql);
}

const CLINICS = `create table clinics (id int primary key);
  create table notes (id int generated always as identity primary key, clinic int references clinics);
  insert into clinics values (1); insert into notes (clinic) values (1), (1), (null);`;

/** What passes by every trigger, as replication and careless scripts do. */
const behindTheBack = (sql: string) => `set session_replication_role = replica; ${sql}`;

test("finds nothing wrong with a database in which nothing is", async () => {
  await run(`${CLINICS}
    create table kinds (area int, kind text, primary key (area, kind));
    create table uses (area int, kind text, foreign key (area, kind) references kinds);
    insert into kinds values (1, 'a'); insert into uses values (1, 'a'), (null, 'b'), (7, null);`);
  expect(await factsOf()).toEqual({ ...SOUND_DATA, foreignKeys: { compared: 0, trusted: 2 } });
  expect(await factsOf({ thorough: true })).toEqual({
    ...SOUND_DATA,
    foreignKeys: { compared: 2, trusted: 0 },
  });
});

test("finds rows that were without a parent before their foreign key came", async () => {
  await run(`create table clinics (id int primary key); create table notes (clinic int);
    insert into notes values (1), (2), (null);
    alter table notes add constraint notes_clinic foreign key (clinic) references clinics not valid`);
  expect(await factsOf()).toEqual({
    ...SOUND_DATA,
    unvalidated: [{ table: "public.notes", constraint: "notes_clinic" }],
    orphans: [{ table: "public.notes", constraint: "notes_clinic", parent: "public.clinics", rows: 2 }],
    foreignKeys: { compared: 1, trusted: 0 },
  });
});

test("finds rows that lost their parent behind the back of a validated foreign key, when it is thorough", async () => {
  await run(CLINICS);
  await run(behindTheBack("delete from clinics"));
  expect(await factsOf()).toEqual({ ...SOUND_DATA, foreignKeys: { compared: 0, trusted: 1 } });
  expect((await factsOf({ thorough: true })).orphans).toEqual([
    { table: "public.notes", constraint: "notes_clinic_fkey", parent: "public.clinics", rows: 2 },
  ]);
});

test("trusts no foreign key whose triggers are disabled", async () => {
  await run(`${CLINICS} alter table clinics disable trigger all; delete from clinics`);
  expect(await factsOf()).toEqual({
    ...SOUND_DATA,
    disabled: [{ table: "public.notes", constraint: "notes_clinic_fkey" }],
    orphans: [{ table: "public.notes", constraint: "notes_clinic_fkey", parent: "public.clinics", rows: 2 }],
    foreignKeys: { compared: 1, trusted: 0 },
  });
});

test.each([
  [
    "of two columns: a null in either needs no parent",
    "create table p (a int, b text, unique (a, b)); create table c (a int, b text, constraint f foreign key (a, b) references p (a, b))",
    "insert into p values (1, 'x'); insert into c values (1, 'x'), (1, 'y'), (2, 'x'), (null, 'z'), (3, null), (null, null)",
    2,
  ],
  [
    "of two columns with MATCH FULL: nulls in both, or a parent",
    "create table p (a int, b text, unique (a, b)); create table c (a int, b text, constraint f foreign key (a, b) references p (a, b) match full)",
    "insert into p values (1, 'x'); insert into c values (1, 'x'), (null, 'z'), (3, null), (null, null)",
    2,
  ],
  [
    "to the same table",
    "create table c (id int primary key, parent int constraint f references c)",
    "insert into c values (1, null), (2, 1), (3, 9)",
    1,
  ],
  [
    "of a partitioned table to a partitioned table",
    `create table p (id int primary key) partition by range (id);
     create table p1 partition of p for values from (0) to (10); create table p2 partition of p for values from (10) to (20);
     create table c (p int constraint f references p) partition by list (p);
     create table c1 partition of c for values in (1, 2); create table c2 partition of c default`,
    "insert into p values (1), (11); insert into c values (1), (2), (11), (12)",
    2,
  ],
  [
    "of another type than its parent",
    "create table p (id bigint primary key); create table c (p smallint constraint f references p)",
    "insert into p values (1); insert into c values (1), (2)",
    1,
  ],
  [
    "of texts that are alike only by their collation",
    `create collation anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     create table p (id text collate anycase primary key); create table c (p text collate anycase constraint f references p)`,
    "insert into p values ('One'); insert into c values ('ONE'), ('two')",
    1,
  ],
  [
    "with names that need quotes",
    `create table "P ""p" ("I d" int primary key); create table c ("select" int constraint f references "P ""p")`,
    `insert into "P ""p" values (1); insert into c values (1), (2)`,
    1,
  ],
])("compares a foreign key %s", async (_what, schema, rows, count) => {
  await run(schema);
  await run(behindTheBack(rows));
  const found = await factsOf({ thorough: true });
  expect(found.orphans.map(({ constraint, rows: orphans }) => [constraint, orphans])).toEqual([["f", count]]);
  expect(found.unchecked).toEqual([]);
});

test("leaves a foreign key alone that says itself that nobody enforces it", async () => {
  const client = await database.connect();
  const { rows } = await client.query<{ major: number }>(
    "select current_setting('server_version_num')::int / 10000 as major",
  );
  // Before Postgres 18 there is none.
  if ((rows[0]?.major ?? 0) < 18) return;
  await run(`create table p (id int primary key); create table c (p int references p not enforced);
    insert into c values (1)`);
  expect(await factsOf({ thorough: true })).toEqual(SOUND_DATA);
});

test("lists what a role may not see whole, and never takes it for good", async () => {
  const name = new URL(database.url).pathname.slice(1);
  await run(`${CLINICS}
    create table secrets (id serial primary key, clinic int references clinics);
     insert into secrets default values;
     alter table clinics enable row level security; create policy own on clinics using (false);
     create role ${name}_low login password 'l'; grant select on clinics, notes to ${name}_low;
     grant select on sequence notes_id_seq to ${name}_low`);
  try {
    const low = await database.connect(
      `${database.urlAs(`${name}_low`, "l")}?options=${encodeURIComponent("-c row_security=off")}`,
    );
    const found = await factsOf({ thorough: true }, {}, low);
    expect(found).toEqual({
      ...SOUND_DATA,
      unchecked: [
        "the sequence public.secrets_id_seq: permission denied for sequence secrets_id_seq",
        'the foreign key notes_clinic_fkey of public.notes: query would be affected by row-level security policy for table "clinics"',
        'the foreign key secrets_clinic_fkey of public.secrets: query would be affected by row-level security policy for table "clinics"',
      ],
    });
  } finally {
    await run(`drop owned by ${name}_low; drop role ${name}_low`);
  }
});

test("gives up a question that takes too long, and the rest when all together do", async () => {
  await run(CLINICS);
  const queries = {
    "1.sql": "select from pg_sleep(60)",
    "2.sql": "select where false",
    "3.sql": "select from pg_sleep(61)",
    "4.sql": "select where false",
  };
  const slow = await factsOf({ questionMs: 1000 }, queries);
  expect(slow).toEqual({
    ...SOUND_DATA,
    assertions: [
      { file: "2.sql", rows: 0 },
      { file: "4.sql", rows: 0 },
    ],
    foreignKeys: { compared: 0, trusted: 1 },
    unchecked: ["the query 1.sql: it took longer than 1 s", "the query 3.sql: it took longer than 1 s"],
  });
  const late = await factsOf({ totalMs: 1000, thorough: true }, queries);
  const together = "all checks together took 1 s";
  expect(late).toEqual({
    ...SOUND_DATA,
    unchecked: [
      ...["1.sql", "2.sql", "3.sql", "4.sql"].map((file) => `the query ${file}: ${together}`),
      `the sequence public.notes_id_seq: ${together}`,
      `the foreign key notes_clinic_fkey of public.notes: ${together}`,
    ],
  });
});

test("does not wait behind a table that somebody else keeps locked", async () => {
  await run(CLINICS);
  const other = await database.connect();
  await other.query("begin; lock table clinics");
  const found = await factsOf({ thorough: true, lockMs: 50 });
  expect(found.unchecked).toEqual([
    "the foreign key notes_clinic_fkey of public.notes: its table was locked for 0.05 s",
  ]);
});

test("finds an index that is not valid, and one of a partitioned table that lacks a part", async () => {
  await run("create table a (b int); insert into a values (1), (1)");
  await (
    await database.connect()
  )
    .query("create unique index concurrently twice on a (b)")
    .catch(() => undefined);
  await run(`create table p (id int) partition by range (id); create table p1 partition of p default;
    create index parted on only p (id)`);
  expect(await factsOf()).toEqual({
    ...SOUND_DATA,
    invalidIndexes: [
      { index: "public.parted", partitioned: true },
      { index: "public.twice", partitioned: false },
    ],
  });
});

test("does not blame an index that is being built", async () => {
  await run("create table a (b int)");
  const [holder, builder] = [await database.connect(), await database.connect()];
  // The build waits for every transaction that may still write.
  await holder.query("begin; insert into a values (1)");
  const building = builder.query("create index concurrently slowly on a (b)");
  const client = await database.connect();
  await expect
    .poll(async () => (await client.query("select from pg_index where not indisvalid")).rowCount, {
      timeout: 10_000,
    })
    .toBe(1);
  const found = await factsOf();
  await holder.query("rollback");
  await building;
  expect(found).toEqual({ ...SOUND_DATA, unchecked: ["the index public.slowly: it is being built"] });
});

test.each([
  ["of a serial column", "create table t (id serial); insert into t values (1)", ["public.t_id_seq"]],
  [
    "of an identity column",
    "create table t (id int generated by default as identity); insert into t values (1)",
    ["public.t_id_seq"],
  ],
  [
    "that a default names and no column owns",
    "create sequence s; create table t (id bigint default nextval('s')); insert into t values (1)",
    ["public.s"],
  ],
  ["that is one step ahead", "create table t (id serial); insert into t default values", []],
  [
    "whose steps pass by what is there",
    "create sequence s increment 10; create table t (id bigint default nextval('s')); insert into t default values; insert into t values (5)",
    [],
  ],
  [
    "at its very end",
    "create table t (id bigserial); select setval('t_id_seq', 9223372036854775807); insert into t values (1)",
    [],
  ],
  ["of a table without rows", "create table t (id serial)", []],
  [
    "that a default only takes part of",
    "create sequence s; create table t (id bigint default nextval('s') * 100); insert into t values (100)",
    [],
  ],
])("looks at a sequence %s", async (_what, schema, behind) => {
  await run(schema);
  const found = await factsOf();
  expect(found.behind.map(({ sequence }) => sequence)).toEqual(behind);
  expect(found.unchecked).toEqual([]);
});

test("looks at hundreds of sequences at once", async () => {
  const tables = Array.from(
    { length: 250 },
    (_, at) => `create table t${at} (id serial); insert into t${at} default values;`,
  );
  await run(`${tables.join("")} insert into t7 values (5); insert into t249 values (5)`);
  const client = await database.connect();
  const asked: unknown[] = [];
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    asked.push(args[0]);
    return query(...args);
  }) as never;
  expect((await factsOf({}, {}, client)).behind.map(({ sequence }) => sequence)).toEqual([
    "public.t249_id_seq",
    "public.t7_id_seq",
  ]);
  expect(asked).toHaveLength(4);
});

test("asks the app's assertions, whose rows never leave the server", async () => {
  await run(
    "create table people (name text, age int); insert into people values ('planted name', -1), ('b', -2)",
  );
  const client = await database.connect();
  const answers: unknown[] = [];
  client.connection.on("dataRow", (row: unknown) => answers.push(JSON.stringify(row)));
  const found = await factsOf(
    {},
    {
      "ages.sql": "-- nobody is that young\nselect * from people where age < 0;\n",
      "bom.sql": "\uFEFFselect from people where age < -1",
      "met.sql": "with old as (select * from people where age > 200) table old",
    },
    client,
  );
  expect(found.assertions).toEqual([
    { file: "ages.sql", rows: 2 },
    { file: "bom.sql", rows: 1 },
    { file: "met.sql", rows: 0 },
  ]);
  expect(answers.join("")).not.toContain("planted");
});

test.each([
  ["a statement that writes", "insert into people values (2)", /^syntax error at or near "insert"$/],
  ["a function that writes", "select plant()", /^cannot execute INSERT in a read-only transaction$/],
  [
    "a statement behind the end of the transaction",
    "select 1; commit; insert into people values (2)",
    /^cannot insert multiple commands into a prepared statement$/,
  ],
  ["a query of what is not there", "select * from nobody", /^relation "nobody" does not exist$/],
  ["nothing", "-- nothing at all", /^syntax error at end of input$/],
  [
    "a query that breaks on a row",
    "select name::int from (select 'planted name' as name) n",
    /^the server ended it with SQLSTATE 22P02$/,
  ],
])("does not let an assertion be %s", async (_what, query, failure) => {
  await run(`create table people (id int); create function plant() returns int language sql volatile
    as 'insert into people values (3) returning id'`);
  expect((await factsOf({}, { "a.sql": query })).assertions).toEqual([
    { file: "a.sql", rows: 0, failure: expect.stringMatching(failure) as string },
  ]);
  expect((await (await database.connect()).query("select from people")).rows).toEqual([]);
});

test("asks the app's invariants for one row, and shows of it what is called a count", async () => {
  await run("create table people (name text); insert into people values ('planted name'), ('b')");
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
  const found = await factsOf(
    {},
    {
      "all.invariant.sql": "select count(*), min(name) as first, null as nothing from people",
      "many.invariant.sql": "select name from people",
      "none.invariant.sql": "select where false",
      "gone.invariant.sql": "select nobody from people",
    },
  );
  expect(found).toEqual({
    ...SOUND_DATA,
    invariants: [
      {
        file: "all.invariant.sql",
        answer: { count: { sha256, count: "2" }, first: { sha256 }, nothing: { sha256 } },
      },
      { file: "gone.invariant.sql", failure: 'column "nobody" does not exist' },
      { file: "many.invariant.sql", failure: "it answers more than one row" },
      { file: "none.invariant.sql", failure: "it answers no row" },
    ],
  });
  expect(JSON.stringify(found)).not.toContain("planted");
});

test("does not take a folder of checks that cannot be read for one without any", async () => {
  const app = await aFolderOf({ checks: "not a folder" });
  const client = await database.connect();
  const scope = { folder: join(app, "migrations"), thorough: false, questionMs: 1000, totalMs: 1000 };
  await expect(checkData(client, scope)).rejects.toMatchObject({
    problems: [{ code: "DATA_CHECKS_UNREADABLE", says: "cannot be read: ENOTDIR" }],
  });
});
