import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeKeptRehearsals } from "../../../src/adapters/postgres/kept-rehearsals.ts";
import { rehearseMigrations } from "../../../src/adapters/postgres/rehearse-migrations.ts";
import type { Rehearsed } from "../../../src/ports/rehearsal.ts";
import { Secret } from "../../../src/core/secret.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();

async function rehearse(
  pairs: Parameters<typeof aMigrationFolder>[0],
  more: { rows?: Readonly<Record<string, string>>; applied?: string[]; waivers?: unknown } = {},
): Promise<Rehearsed> {
  const folder = await aMigrationFolder(pairs);
  const rowsFolder = join(folder, ".rows");
  await mkdir(rowsFolder);
  for (const [name, sql] of Object.entries(more.rows ?? {})) await writeFile(join(rowsFolder, name), sql);
  if (more.waivers !== undefined) {
    await writeFile(join(folder, "waivers.json"), JSON.stringify({ waivers: more.waivers }));
  }
  return rehearseMigrations(
    { server: new Secret("url", database.url), folder, rowsFolder },
    { applied: more.applied ?? [], roundTrip: true, signal: new AbortController().signal },
  );
}

const USERS = ["create table users (id int primary key, name text, age int)", "drop table users"] as const;
const ROWS = { "0001_users.sql": "insert into users values (1, 'person-a', 30), (2, 'person-b', 40)" };
const problemsOf = ({ rehearsals }: Rehearsed) =>
  rehearsals.flatMap(({ problems }) => problems.map(({ code, at, says }) => [code, at, says]));

test("passes migrations whose downs bring back schema and rows, and leaves nothing behind", async () => {
  const client = await database.connect();
  const left = async () => [
    (await client.query("select datname from pg_database order by 1")).rows,
    (await client.query("select rolname from pg_roles where rolname !~ '^pg_' order by 1")).rows,
  ];
  const before = await left();
  const { postgres, rehearsals, problems } = await rehearse(
    {
      "0001_users": USERS,
      "0002_mail": ["alter table users add column mail text", "alter table users drop column mail"],
      "0003_i": [
        "-- slipway: no-transaction\ncreate index concurrently users_name on users (name)",
        "-- slipway: no-transaction\ndrop index concurrently users_name",
      ],
    },
    { rows: ROWS },
  );
  expect(problems).toEqual([]);
  expect(postgres).toMatch(/^\d+\.\d+/);
  expect(rehearsals.map(({ id, passed, rows, problems: found }) => [id, passed, rows, found])).toEqual([
    ["0001_users", true, 0, []],
    ["0002_mail", true, 2, []],
    ["0003_i", true, 2, []],
  ]);
  expect(await left()).toEqual(before);
});

test.each([
  [
    "a down that does nothing",
    ["alter table users add column mail text", "select 1"],
    "REHEARSAL_DOWN_DIFFERS",
    "does not bring the schema back (+ left over, - not brought back, ~ changed): + column public.users mail",
  ],
  [
    "a down that loses what the up took away",
    ["alter table users drop column age", "alter table users add column age int"],
    "REHEARSAL_ROWS_LOST",
    "brings public.users back with other values in its 2 rows",
  ],
  [
    "a down that deletes rows",
    ["insert into users values (3)", "delete from users where id > 1"],
    "REHEARSAL_ROWS_LOST",
    "brings public.users back with 1 rows instead of 2",
  ],
  [
    "a down that brings a column back at the end",
    ["alter table users drop column name", "alter table users add column name text"],
    "REHEARSAL_COLUMN_ORDER",
    "brings columns back in another order: public.users age, public.users name",
  ],
])("fails %s", async (_what, pair, code, says) => {
  const rehearsed = await rehearse(
    { "0001_users": USERS, "0002_x": pair as [string, string] },
    { rows: ROWS },
  );
  expect(problemsOf(rehearsed)).toContainEqual([code, "0002_x.down.sql", says]);
  expect(rehearsed.rehearsals.map(({ passed }) => passed)).toEqual([true, false]);
});

test("fails an up that cannot run twice, and a down that cannot run, with the line", async () => {
  const rehearsed = await rehearse({
    "0001_a": ["create table a ();\ncreate type mood as enum ('good')", "drop table a"],
  });
  expect(problemsOf(rehearsed).map(([code, at]) => [code, at])).toEqual([
    ["REHEARSAL_DOWN_DIFFERS", "0001_a.down.sql"],
    ["MIGRATION_FAILED", "0001_a.up.sql"],
  ]);
  const down = await rehearse({ "0001_a": ["create table a ()", "drop table\n  b"] });
  expect(problemsOf(down)).toEqual([
    ["MIGRATION_FAILED", "0001_a.down.sql", 'table "b" does not exist (42P01)'],
  ]);
});

test("tells of each statement what it locks and what it writes anew", async () => {
  const { rehearsals } = await rehearse({
    "0001_t": [
      "create table t (id int primary key, n int); create table u (id int primary key)",
      "drop table u; drop table t",
    ],
    "0002_x": [
      "create index t_n on t (n);\nalter table t alter n type bigint;\nalter table u add foreign key (id) references t;",
      "alter table u drop constraint u_id_fkey; drop index t_n; alter table t alter n type int",
    ],
  });
  const ms = expect.any(Number) as number;
  expect(rehearsals[1]?.up).toEqual([
    {
      line: 1,
      head: "CREATE INDEX",
      milliseconds: ms,
      rows: null,
      locks: [{ relation: "t", mode: "ShareLock" }],
      rewrites: [],
    },
    {
      line: 2,
      head: "ALTER TABLE",
      milliseconds: ms,
      rows: null,
      locks: expect.arrayContaining([{ relation: "t", mode: "AccessExclusiveLock" }]) as unknown,
      rewrites: expect.arrayContaining(["t"]) as unknown,
    },
    {
      line: 3,
      head: "ALTER TABLE",
      milliseconds: ms,
      rows: null,
      locks: expect.arrayContaining([{ relation: "u", mode: "ShareRowExclusiveLock" }]) as unknown,
      rewrites: [],
    },
  ]);
});

test("does not let a backfill pass that row-level security hides, as a superuser would", async () => {
  const rehearsed = await rehearse(
    {
      "0001_t": [
        `create table t (a int, clinic text); alter table t enable row level security; alter table t force row level security;
         create policy own on t using (clinic = current_setting('app.clinic', true))`,
        "drop table t",
      ],
      "0002_b": ["update t set a = 1", "update t set a = 0"],
    },
    { rows: { "0001_t.sql": "insert into t values (0, 'a')" } },
  );
  expect(problemsOf(rehearsed)).toEqual([
    [
      "MIGRATION_NOT_ALLOWED",
      "0002_b.up.sql",
      'query would be affected by row-level security policy for table "t" (42501)',
    ],
  ]);
});

test("only goes up with what the target has, and lets a waiver pass one rule", async () => {
  const rehearsed = await rehearse(
    {
      "0001_users": [USERS[0], "select 1/0"],
      "0002_x": ["alter table users drop column age", "alter table users add column age int"],
    },
    {
      rows: ROWS,
      applied: ["0001_users"],
      waivers: [
        {
          rule: "REHEARSAL_ROWS_LOST",
          at: "0002_x.down.sql",
          owner: "person-a",
          reason: "ages are asked for anew",
          expires: "2999-01-01",
        },
      ],
    },
  );
  expect(rehearsed.rehearsals.map(({ id, passed }) => [id, passed])).toEqual([["0002_x", true]]);
  expect(rehearsed.waived).toMatchObject([{ rule: "REHEARSAL_ROWS_LOST", owner: "person-a" }]);
});

test("a database that demands rehearsals takes only what has passed one with these texts", async () => {
  const folder = await aMigrationFolder({
    "0001_users": USERS,
    "0002_x": ["create table x ()", "drop table x"],
  });
  const place = { server: new Secret("url", database.url), folder, rowsFolder: join(folder, ".none") };
  const migrations = await someMigrations(database.url, folder, { demandsRehearsal: true });
  const codes = async () => {
    const plan = await migrations.plan();
    return plan.kind === "refused" ? plan.problems.map(({ code, at }) => [code, at]) : plan.kind;
  };
  expect(await codes()).toEqual([
    ["MIGRATION_NOT_REHEARSED", "0001_users.up.sql"],
    ["MIGRATION_NOT_REHEARSED", "0002_x.up.sql"],
  ]);

  const request = { applied: [], roundTrip: true, signal: new AbortController().signal };
  await writeKeptRehearsals(folder, (await rehearseMigrations(place, request)).rehearsals);
  expect(await codes()).toBe("planned");
  await writeFile(join(folder, "0002_x.down.sql"), "drop table x cascade");
  expect(await codes()).toEqual([["MIGRATION_NOT_REHEARSED", "0002_x.up.sql"]]);
  expect(await migrations.apply({ fence: 1, signal: request.signal })).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_NOT_REHEARSED" },
  });
});

test("finds that a migration loses rows that it says it keeps, on its way up and on its way down", async () => {
  const keeps = "-- slipway: keeps-rows=public.users\n";
  const found = await rehearse(
    {
      "0001_users": USERS,
      "0002_up": [`${keeps}delete from users where id = 1`, "select 1"],
    },
    { rows: ROWS },
  );
  expect(problemsOf(found)).toEqual([
    [
      "MIGRATION_ROWS_NOT_KEPT",
      "0002_up.up.sql",
      "public.users had 2 rows and has 1, and the file says that it keeps them",
    ],
  ]);
  const down = await rehearse(
    { "0001_users": USERS, "0002_down": ["select 1", `${keeps}delete from users where id = 1`] },
    { rows: ROWS },
  );
  expect(problemsOf(down)[0]).toEqual([
    "MIGRATION_ROWS_NOT_KEPT",
    "0002_down.down.sql",
    "public.users had 2 rows and has 1, and the file says that it keeps them",
  ]);
});
