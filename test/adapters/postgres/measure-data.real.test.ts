import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { DataCheck } from "../../../src/core/data-check/types.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aFolderOf, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };
const nothing = { problems: [], known: [], notes: [], unchecked: [] };

const TABLES = `create table clinics (id int primary key); create table notes (id serial, clinic int);
  insert into clinics values (1), (2); insert into notes (clinic) values (1), (2), (2);`;
const KEY = "alter table notes add constraint notes_clinic foreign key (clinic) references clinics";

type Pairs = Readonly<Record<string, string | readonly [up: string, down: string]>>;

/** An app whose migrations are these, with its own checks beside them. */
async function anApp(checks: Readonly<Record<string, string>> = {}) {
  const app = await aFolderOf({});
  onTestFinished(() => rm(app, { recursive: true, force: true }));
  await mkdir(join(app, "migrations"));
  await mkdir(join(app, "checks"));
  for (const [name, text] of Object.entries(checks)) await writeFile(join(app, "checks", name), text);
  const folder = join(app, "migrations");
  const add = async (pairs: Pairs): Promise<void> => {
    for (const [id, sql] of Object.entries(pairs)) {
      const [up, down] = typeof sql === "string" ? [sql, "select 1"] : sql;
      await writeFile(join(folder, `${id}.up.sql`), up);
      await writeFile(join(folder, `${id}.down.sql`), down);
    }
  };
  return { add, migrations: await someMigrations(database.url, folder) };
}

/** What a run of these is blamed for. */
async function checkOf(pairs: Pairs, checks: Readonly<Record<string, string>> = {}): Promise<DataCheck> {
  const { add, migrations } = await anApp(checks);
  await add(pairs);
  const before = await migrations.measure();
  expect(await migrations.apply(run)).toMatchObject({ kind: "applied" });
  return migrations.check(before);
}

const codes = ({ problems, known, notes, unchecked }: DataCheck) => ({
  problems: problems.map(({ code, at }) => `${code} ${at}`),
  known: known.map(({ code, at }) => `${code} ${at}`),
  notes: notes.map(({ code, at }) => `${code} ${at}`),
  unchecked,
});

test("blames a run that leaves everything sound for nothing", async () => {
  const client = await database.connect();
  await client.query(TABLES);
  const check = await checkOf(
    { "0001_key": KEY, "0002_note": "alter table notes add note text" },
    {
      "orphans.sql": "select from notes where clinic not in (select id from clinics)",
      "notes.invariant.sql": "select count(*), sum(clinic) from notes",
    },
  );
  expect(check).toEqual(nothing);
});

test("blames it for what it leaves behind, and for nothing that was there before", async () => {
  const client = await database.connect();
  await client.query(`${TABLES} ${KEY} not valid; create table old (id serial); insert into old values (1)`);
  await client.query("create unique index concurrently old_twice on notes (clinic)").catch(() => undefined);
  const check = await checkOf(
    {
      "0001_break": `insert into notes values (9, null); insert into notes (id, clinic) values (4, 1);
        set session_replication_role = replica; delete from clinics where id = 2`,
    },
    { "many.sql": "select from notes where id > 8", "clinics.invariant.sql": "select count(*) from clinics" },
  );
  expect(codes(check)).toEqual({
    problems: [
      "DATA_ORPHANS public.notes",
      "DATA_SEQUENCE_BEHIND public.notes_id_seq",
      "DATA_ASSERTION_FAILED many.sql",
      "DATA_INVARIANT_BROKEN clinics.invariant.sql",
    ],
    known: [
      "DATA_INDEX_INVALID public.old_twice",
      "DATA_CONSTRAINT_NOT_VALIDATED public.notes",
      "DATA_SEQUENCE_BEHIND public.old_id_seq",
    ],
    notes: [],
    unchecked: [],
  });
  expect(check.problems.at(-1)?.says).toBe("has another answer than before the run: count was 2 and is 1");
});

test.each([
  ["session_replication_role", "set session_replication_role = replica; delete from clinics where id = 2"],
  [
    "disabled triggers",
    "alter table clinics disable trigger all; delete from clinics where id = 2; alter table clinics enable trigger all",
  ],
])("compares validated foreign keys when a migration gets round them by %s", async (_what, sql) => {
  const client = await database.connect();
  await client.query(`${TABLES} ${KEY}`);
  const check = await checkOf({ "0001_break": sql });
  expect(check.problems.map(({ says }) => says)).toEqual([
    "has 2 rows without their row in public.clinics, by the foreign key notes_clinic",
  ]);
});

const NOT_VALID = `${KEY} not valid`;
test.each<[string, Pairs, Partial<ReturnType<typeof codes>>]>([
  [
    "is a problem when nobody says that more is to come",
    { "0001_key": NOT_VALID },
    { problems: ["DATA_CONSTRAINT_NOT_VALIDATED public.notes"] },
  ],
  [
    "is a note when its migration declares the expanding half",
    { "0001_key": `-- slipway: phase=expand\n${NOT_VALID}` },
    { notes: ["DATA_CONSTRAINT_NOT_VALIDATED public.notes"] },
  ],
  [
    "is a note when its name is left to the server",
    {
      "0001_key":
        "-- slipway: phase=expand\nalter table public.notes add foreign key (clinic) references clinics not valid",
    },
    { notes: ["DATA_CONSTRAINT_NOT_VALIDATED public.notes"] },
  ],
  [
    "is nothing when it is validated in the same run",
    { "0001_key": NOT_VALID, "0002_valid": "alter table notes validate constraint notes_clinic" },
    {},
  ],
  [
    "is a problem when another migration is the expanding one",
    { "0001_key": NOT_VALID, "0002_other": "-- slipway: phase=expand\nalter table notes add a int" },
    { problems: ["DATA_CONSTRAINT_NOT_VALIDATED public.notes"] },
  ],
])("a constraint that a run leaves unvalidated %s", async (_what, pairs, expected) => {
  const client = await database.connect();
  await client.query(TABLES);
  expect(codes(await checkOf(pairs))).toEqual({ ...nothing, ...expected });
});

test("a constraint is a note while the migration that validates it is still to run", async () => {
  const client = await database.connect();
  await client.query(`${TABLES} insert into notes (clinic) values (7)`);
  const { add, migrations } = await anApp();
  await add({
    "0001_key": NOT_VALID,
    "0002_wrong": "select 1/0",
    "0003_valid": "alter table notes validate constraint notes_clinic",
  });
  const before = await migrations.measure();
  expect(await migrations.apply(run)).toMatchObject({ kind: "failed", stayed: ["0001_key.up.sql"] });
  expect(codes(await migrations.check(before))).toEqual({
    ...nothing,
    notes: ["DATA_CONSTRAINT_NOT_VALIDATED public.notes", "DATA_ORPHANS public.notes"],
  });
});

test("a constraint is a note when a down brought it back as it was", async () => {
  const client = await database.connect();
  await client.query(TABLES);
  const { add, migrations } = await anApp();
  await add({
    "0001_key": NOT_VALID,
    "0002_valid": [
      "alter table notes validate constraint notes_clinic",
      `alter table notes drop constraint notes_clinic; ${NOT_VALID}`,
    ],
  });
  await migrations.apply(run);
  const before = await migrations.measure();
  expect(await migrations.revert({ ...run, target: { count: 1 } })).toMatchObject({ kind: "applied" });
  expect(codes(await migrations.check(before))).toEqual({
    ...nothing,
    notes: ["DATA_CONSTRAINT_NOT_VALIDATED public.notes"],
  });
});

test("on an empty database it says which invariants had nothing to be held against", async () => {
  const check = await checkOf({ "0001_tables": TABLES }, { "a.invariant.sql": "select count(*) from notes" });
  expect(check).toEqual({
    ...nothing,
    unchecked: [
      'the query a.invariant.sql: it had no answer before the run: relation "notes" does not exist',
    ],
  });
});

test("what a migration leaves in its session does not colour the check", async () => {
  const client = await database.connect();
  const name = new URL(database.url).pathname.slice(1);
  await client.query(`${TABLES} create role ${name}_other`);
  try {
    const check = await checkOf(
      { "0001_session": `create schema elsewhere; set search_path = elsewhere; set role ${name}_other` },
      { "a.sql": "select from notes where clinic > 7", "b.invariant.sql": "select count(*) from notes" },
    );
    expect(check).toEqual(nothing);
  } finally {
    await client.query(`drop role ${name}_other`);
  }
});
