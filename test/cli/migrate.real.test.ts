import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aWrittenConfig } from "../builders/a-config.ts";
import { aFolderOf, someMigrations } from "../adapters/postgres/a-migration-folder.ts";
import { useDatabase } from "../support/postgres.ts";
import { slipway } from "./slipway.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

const FILES = {
  "0001_users.up.sql": "create table users (id bigint primary key, name text);\n",
  "0001_users.down.sql": "drop table users;\n",
  "0002_mail.up.sql": "alter table users add column mail text;\n",
  "0002_mail.down.sql": "alter table users drop column mail;\n",
};

async function anApp(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const app = await aFolderOf({ "slipway.config.json": JSON.stringify(aWrittenConfig()) });
  await mkdir(join(app, "migrations"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(app, "migrations", name), text);
  return app;
}

function migrate(app: string, ...argv: readonly string[]) {
  return slipway(["migrate", ...argv], { ...process.env, TARGET: database.url }, app);
}

test("status, plan, drift and snapshot look at a database by the variable that holds its URL", async () => {
  const app = await anApp();
  const migrations = await someMigrations(database.url, join(app, "migrations"));
  const before = await migrate(app, "plan", "--url-env=TARGET", "--json");
  expect(before.code).toBe(0);
  expect(JSON.parse(before.stdout)).toMatchObject({
    level: "planned",
    applied: 0,
    pending: [{ id: "0001_users", up: FILES["0001_users.up.sql"] }, { id: "0002_mail" }],
  });

  await migrations.apply(run);
  const status = await migrate(app, "status", "--url-env=TARGET");
  expect(status).toMatchObject({ code: 0, stderr: "" });
  expect(status.stdout).toMatch(
    /^2 applied, 0 pending\n {2}ran {6}0001_users {2}.+ UTC in \d\.\d\d s by postgres\n/,
  );
  const drift = await migrate(app, "drift", "--url-env=TARGET");
  expect(drift.code).toBe(0);
  expect(drift.stdout).toMatch(/^the schema is as 0002_mail left it \([0-9a-f]{12}\)\n$/);
  expect((await migrate(app, "snapshot", "--url-env=TARGET")).stdout).toMatch(/^[0-9a-f]{64}\n$/);

  await (await database.connect()).query("alter table users add column by_hand int");
  const drifted = await migrate(app, "drift", "--url-env=TARGET");
  expect(drifted).toMatchObject({
    code: 10,
    stdout:
      "the schema is not as 0002_mail left it (+ new, - gone, ~ changed)\n+ column public.users by_hand\n",
  });
  expect(drifted.stderr).toContain(
    "differs from what 0002_mail left in 1 place: + column public.users by_hand",
  );
});

test("plan --render needs no database, plan --rehearsal runs in one of its own, rehearse keeps proofs", async () => {
  const app = await anApp();
  const rendered = await migrate(app, "plan", "--render");
  expect(rendered).toMatchObject({ code: 0, stderr: "" });
  expect(rendered.stdout).toBe(
    [
      "rendered without a database; what has run is not known: 2 pending",
      "",
      "-- 0001_users.up.sql",
      FILES["0001_users.up.sql"].trim(),
      "",
      "-- 0002_mail.up.sql",
      `${FILES["0002_mail.up.sql"].trim()}\n`,
    ].join("\n"),
  );

  const executed = await migrate(app, "plan", "--rehearsal", "--server-env=TARGET", "--json");
  expect(JSON.parse(executed.stdout)).toMatchObject({ level: "executed", problems: [], exitCode: 0 });

  const rehearsed = await migrate(app, "rehearse", "--server-env=TARGET", "--write");
  expect(rehearsed).toMatchObject({ code: 0 });
  expect(rehearsed.stdout).toMatch(/^2 of 2 migrations passed their rehearsal on Postgres \d+\.\d+\n/);
  const plan = await (
    await someMigrations(database.url, join(app, "migrations"), { demandsRehearsal: true })
  ).plan();
  expect(plan.kind).toBe("planned");
});

test("a failed rehearsal and a finding of lint are exit 12, with a sentence each", async () => {
  const app = await anApp({
    ...FILES,
    "0002_mail.up.sql": "alter table users add column mail text;\ngrant all on users to public;\n",
  });
  const rehearsed = await migrate(app, "rehearse", "--server-env=TARGET");
  expect(rehearsed.code).toBe(12);
  expect(rehearsed.stderr).toContain("0002_mail.down.sql: does not bring the schema back");
  const linted = await migrate(app, "lint");
  expect(linted.code).toBe(12);
  expect(linted.stderr).toContain("0002_mail.up.sql:2: grants everything to every role there is and will be");
});

test.each([
  [["status"], "say which database, with --env <name> or with --url-env <name>"],
  [["status", "--url-env=NOT_THERE"], "the variable NOT_THERE is not set"],
  [["down", "--env=local"], "say how far down, with --to <id> or with --count <number>"],
  [["down", "--env=local", "--count=1", "--to=0001"], "say how far down"],
  [["down", "--env=local", "--count=-1"], "It is not a whole number"],
  [["plan", "--rendr"], "(Did you mean --render?)"],
])("refuses migrate %j with exit 2", async (argv, says) => {
  const ran = await migrate(await anApp(), ...argv);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain(says);
});

test("statistics are kept beside the migrations, and lint weighs by them", async () => {
  const app = await anApp({
    ...FILES,
    "0003_i.up.sql": "create index users_name on users (name);\n",
    "0003_i.down.sql": "drop index users_name;\n",
  });
  expect((await migrate(app, "lint")).code).toBe(12);
  const client = await database.connect();
  await client.query(
    "create table users (id bigint); insert into users select generate_series(1, 50); analyze users",
  );

  const kept = await migrate(app, "statistics", "--url-env=TARGET", "--write", "--json");
  expect(kept.code).toBe(0);
  expect(JSON.parse(kept.stdout)).toMatchObject({
    app: "diary",
    environment: null,
    tables: { "public.users": { rows: 50, bytes: expect.any(Number) as number } },
  });
  const linted = await migrate(app, "lint", "--json");
  expect(linted.code).toBe(0);
  expect(JSON.parse(linted.stdout)).toMatchObject({
    outcome: "warnings",
    findings: [
      { code: "LINT_REQUIRE_CONCURRENT_INDEX_CREATION", severity: "warning", relation: "public.users" },
      { code: "LINT_REQUIRE_CONCURRENT_INDEX_DELETION", severity: "warning" },
    ],
  });
});

test("check finds what a migration left behind, and asks the app's assertions", async () => {
  const app = await anApp();
  await mkdir(join(app, "checks"));
  await writeFile(join(app, "checks", "ages.sql"), "select * from people where age < 0");
  const client = await database.connect();
  await client.query("create table people (id int generated by default as identity, age int)");
  await client.query("insert into people (age) values (1), (1)");
  expect(await migrate(app, "check", "--url-env=TARGET")).toMatchObject({
    code: 0,
    stdout: "sound: indexes valid, constraints validated, sequences ahead, 1 assertion of the app met\n",
    stderr: "",
  });

  await client.query("create unique index concurrently ages on people (age)").catch(() => undefined);
  await client.query("alter table people add constraint old_enough check (age > 17) not valid");
  await client.query("alter table people drop constraint old_enough");
  await client.query("insert into people (id, age) values (9, -1)");
  await client.query("alter table people add constraint old_enough check (age > 17) not valid");
  const found = await migrate(app, "check", "--url-env=TARGET", "--json");
  expect(found.code).toBe(12);
  const { problems } = JSON.parse(found.stdout) as { problems: { code: string; at: string; says: string }[] };
  expect(problems.map(({ code, at, says }) => [code, at, says])).toEqual([
    ["DATA_INDEX_INVALID", "public.ages", "is not valid: no query uses it, and every write pays for it"],
    [
      "DATA_CONSTRAINT_NOT_VALIDATED",
      "public.people",
      "has the constraint old_enough, which older rows may break",
    ],
    ["DATA_SEQUENCE_BEHIND", "public.people_id_seq", "will give a value that public.people.id has already"],
    ["DATA_ASSERTION_FAILED", "ages.sql", "found 1 row, and should find none"],
  ]);
});

test("check is thorough when it is told to: it compares foreign keys that are validated, too", async () => {
  const app = await anApp();
  await mkdir(join(app, "checks"));
  await writeFile(join(app, "checks", "notes.invariant.sql"), "select count(*) from notes");
  const client = await database.connect();
  await client.query(`create table people (id int primary key); create table notes (person int references people);
    insert into people values (1); insert into notes values (1);
    set session_replication_role = replica; delete from people`);
  expect(await migrate(app, "check", "--url-env=TARGET")).toMatchObject({
    code: 0,
    stdout: `sound: indexes valid, constraints validated, sequences ahead, 0 assertions of the app met, 1 invariant can be asked
  foreign keys: 0 compared row by row, 1 taken for good because validated (--thorough compares them)
`,
  });

  const found = await migrate(app, "check", "--url-env=TARGET", "--thorough", "--json");
  expect(found.code).toBe(12);
  expect(JSON.parse(found.stdout)).toEqual({
    outcome: "unsound",
    app: "diary",
    environment: null,
    assertions: 0,
    invariants: 1,
    foreignKeys: { compared: 1, trusted: 0 },
    unchecked: [],
    problems: [
      {
        code: "DATA_ORPHANS",
        at: "public.notes",
        says: "has 1 row without its row in public.people, by the foreign key notes_person_fkey",
        hint: "bring back the missing rows, or let a migration take these away",
      },
    ],
    exitCode: 12,
  });
});

test("an assertion that writes is refused by the server, and says so", async () => {
  const app = await anApp();
  await mkdir(join(app, "checks"));
  await writeFile(join(app, "checks", "writes.sql"), "select from plant()");
  const client = await database.connect();
  await client.query(`create table people (id int);
    create function plant() returns void language sql as 'insert into people values (1)'`);

  const checked = await migrate(app, "check", "--url-env=TARGET");
  expect(checked.code).toBe(12);
  expect(checked.stderr).toContain("could not be asked: cannot execute INSERT in a read-only transaction");
  expect((await client.query("select from people")).rows).toEqual([]);
});
