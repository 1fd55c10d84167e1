import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aFolderOf } from "../adapters/postgres/a-migration-folder.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { useDatabase } from "../support/postgres.ts";
import { slipway } from "./slipway.ts";

const db = useDatabase();
const DIARY = join(import.meta.dirname, "../../examples/diary");

function migrate(app: string, ...argv: readonly string[]) {
  return slipway(["migrate", ...argv], { ...process.env, TARGET: db.url }, app);
}

async function anApp(database: object, up: string): Promise<string> {
  const config = { ...aWrittenConfig(), database };
  const app = await aFolderOf({ "slipway.config.json": JSON.stringify(config) });
  await mkdir(join(app, "migrations"));
  await writeFile(join(app, "migrations/0001_notes.up.sql"), up);
  await writeFile(join(app, "migrations/0001_notes.down.sql"), "drop table notes;\n");
  return app;
}

const RLS = { tenantColumn: "clinic", tenantSetting: "app.clinic", appRole: "postgres" };

test("the diary keeps its clinics apart, and its probes notice every planted mistake", async () => {
  const ran = await migrate(DIARY, "rls", "--server-env=TARGET", "--json");
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    outcome: "isolated",
    tables: expect.arrayContaining(["public.audit_log", "public.clinics", "public.entries"]) as string[],
    unprobed: [],
    mutation: { score: 100, threshold: 100, survived: [] },
    problems: [],
  });
});

test("what is open is exit 12, in a database made for it and in one that is there", async () => {
  const app = await anApp({ rls: RLS }, "create table notes (clinic int, note text);\n");
  const made = await migrate(app, "rls", "--server-env=TARGET");
  expect(made.code).toBe(12);
  expect(made.stderr).toContain("holds rows of tenants and has no row-level security");

  await (await db.connect()).query("create table notes (clinic int, note text)");
  const there = await migrate(app, "rls", "--url-env=TARGET", "--json");
  expect(there.code).toBe(12);
  expect(JSON.parse(there.stdout)).toMatchObject({ outcome: "open", environment: null, mutation: null });
});

test("a migration that fails in the database made for it is exit 12 and names its file", async () => {
  const app = await anApp({ rls: RLS }, "create table notes (clinic nothing);\n");
  const ran = await migrate(app, "rls", "--server-env=TARGET");
  expect(ran).toMatchObject({ code: 12, stdout: "" });
  expect(ran.stderr).toContain('0001_notes.up.sql: failed in the database made for it: type "nothing"');
});

test("expect is exit 10 until the database has what the app relies on", async () => {
  const app = await anApp(
    { expect: { columns: { notes: ["clinic", "note"] } } },
    "create table notes (clinic int, note text);\n",
  );
  const unmet = await migrate(app, "expect", "--url-env=TARGET");
  expect(unmet).toMatchObject({
    code: 10,
    stdout: "unmet: 1 missing; the config names 2 things that the app relies on\n",
  });
  expect(unmet.stderr).toContain('the database has no table "notes"');

  await (await db.connect()).query("create table notes (clinic int, note text)");
  expect(await migrate(app, "expect", "--url-env=TARGET")).toMatchObject({
    code: 0,
    stdout: "met: the database has the 2 things that the app relies on\n",
    stderr: "",
  });
});

test("the diary's migrations give what the diary says it relies on", async () => {
  const client = await db.connect();
  await client.query("drop role if exists diary_app; create role diary_app");
  const folder = join(DIARY, "migrations");
  const ups = (await readdir(folder)).filter((name) => name.endsWith(".up.sql")).sort();
  for (const name of ups) await client.query(await readFile(join(folder, name), "utf8"));

  expect(await migrate(DIARY, "expect", "--url-env=TARGET")).toMatchObject({ code: 0, stderr: "" });
});

test("a config that says nothing is exit 2", async () => {
  const app = await anApp({}, "create table notes (id int);\n");
  for (const [verb, says] of [
    ["rls", "does not say how it keeps tenants apart"],
    ["expect", "does not say what it relies on"],
  ] as const) {
    const ran = await migrate(app, verb, "--url-env=TARGET");
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(says);
  }
});
