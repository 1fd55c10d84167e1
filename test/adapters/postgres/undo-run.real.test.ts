import { join } from "node:path";
import { expect, test } from "vitest";
import { migrateAndJudge } from "../../../src/actions/migrate-and-judge.ts";
import { undoRun } from "../../../src/actions/undo-run.ts";
import { openInspection } from "../../../src/adapters/postgres/open-inspection.ts";
import { readMigrations } from "../../../src/adapters/postgres/migration-folder.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Migrations } from "../../../src/ports/migrations.ts";
import { writeFile } from "node:fs/promises";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };
const clock = { now: () => 0 };
const OUTSIDE = "-- slipway: no-transaction\n";

// Detaching takes two transactions of its own; the second one waits, and is given up.
const PARTS = [
  `create table days (day int) partition by range (day);
   create table days_1 partition of days for values from (1) to (2)`,
  "drop table days",
] as const;
const DETACH = `-- slipway: no-transaction, statement-timeout=1s
alter table days detach partition days_1 concurrently`;

// Detaching leaves a constraint on the part, which attaching does not take away.
const CHECK = "alter table days_1 drop constraint days_1_day_check";

/** Says that every migration of the folder has passed its rehearsal here. */
async function rehearsed(folder: string): Promise<void> {
  const client = await database.connect();
  const { rows } = await client.query<{ major: string }>(
    "select current_setting('server_version_num')::int / 10000 || '.0' as major",
  );
  const { migrations } = await readMigrations(folder);
  const rehearsals = migrations.map(({ id, up, down, renderedSha256 }) => ({
    id,
    upSha256: up.sha256,
    downSha256: down.sha256,
    renderedSha256,
    postgres: rows[0]?.major,
    schemaBefore: "",
    schemaAfter: "",
  }));
  await writeFile(join(folder, "rehearsals.json"), JSON.stringify({ schema: 1, rehearsals }));
}

async function judge(migrations: Migrations, signal = run.signal) {
  const schemaBefore = await migrations.schema();
  return migrateAndJudge(migrations, { ...run, signal }, { schemaBefore, backup: null, clock });
}

async function undo(migrations: Migrations, judged: Awaited<ReturnType<typeof judge>>) {
  if (judged.undo.kind !== "undo") throw new Error(`nothing is to be undone: ${JSON.stringify(judged.undo)}`);
  const target = { files: judged.undo.files, schema: judged.back };
  return undoRun(migrations, target, run, { backup: undefined, clock });
}

async function drift(folder: string) {
  const inspection = await openInspection({ url: new Secret("url", database.url), folder });
  try {
    return (await inspection.expected()).kind;
  } finally {
    await inspection.close();
  }
}

/** The migrations that are recorded, and those that are begun. */
async function state() {
  const client = await database.connect();
  const { rows } = await client.query<{ ran: string[]; begun: string[] }>(
    `select array(select id from slipway_migrations.migration_checksums order by position) as ran,
            array(select id from slipway_migrations.begun_outside_transactions) as begun`,
  );
  return rows[0];
}

/** Another session that detaching waits for. */
async function someReader() {
  const reader = await database.connect();
  await reader.query("begin; select from days");
  return reader;
}

async function detaching(down: string) {
  const folder = await aMigrationFolder({ "0001_days": PARTS, "0002_detach": [DETACH, down] });
  await rehearsed(folder);
  const migrations = await someMigrations(database.url, folder);
  const first = await judge(await onlyFirst(folder));
  expect(first.problems).toEqual([]);
  const reader = await someReader();
  const before = await migrations.schema();
  const judged = await judge(migrations);
  await reader.query("rollback");
  return { folder, migrations, judged, before };
}

async function onlyFirst(folder: string): Promise<Migrations> {
  const migrations = await someMigrations(database.url, folder);
  return { ...migrations, apply: (options) => migrations.apply({ ...options, to: "0001_days" }) };
}

test("what a statement outside of transactions left half-way is found, and so is a down that leads elsewhere", async () => {
  const { folder, migrations, judged, before } = await detaching(
    "alter table days detach partition days_1 finalize",
  );
  expect(judged).toMatchObject({
    outcome: { kind: "failed", stayed: [], failed: { file: "0002_detach.up.sql" } },
    undo: { kind: "undo", files: ["0002_detach.up.sql"] },
    back: before,
  });
  expect(judged.record.left.join()).toContain("days_1");
  expect(await drift(folder)).toBe("kept");

  // It finishes the detaching, which is not the schema before: that is found, too.
  const end = await undo(migrations, judged);
  expect(end.problems.map(({ code }) => code)).toEqual(["MIGRATION_DOWN_DIFFERS", "SCHEMA_NOT_AS_IT_WAS"]);
  expect(end.data).toMatchObject({ back: before, stopped: { schemaBefore: before } });
});

test("the schema is as it was after the down, nothing is left begun, and the next run starts anew", async () => {
  const { folder, migrations, judged, before } = await detaching(
    `alter table days detach partition days_1 finalize;
     alter table days attach partition days_1 for values from (1) to (2);
     ${CHECK}`,
  );
  const end = await undo(migrations, judged);
  expect(end).toMatchObject({ problems: [], undone: ["0002_detach.down.sql"], schema: before });
  expect(await migrations.schema()).toBe(before);
  expect(await state()).toMatchObject({ ran: ["0001_days"], begun: [] });
  expect(await drift(folder)).toBe("kept");

  const again = await judge(await someMigrations(database.url, folder));
  expect(again).toMatchObject({ problems: [], record: { ran: [{ file: "0002_detach.up.sql" }] } });
});

test("a down that fails leaves what it found, and says so", async () => {
  const { migrations, judged, before } = await detaching("drop table nothing_of_that_name");
  const left = await migrations.schema();
  expect(left).not.toBe(before);

  const end = await undo(migrations, judged);
  expect(end.problems.map(({ code, at }) => [code, at])).toEqual([
    ["MIGRATION_FAILED", "0002_detach.down.sql"],
    ["SCHEMA_NOT_AS_IT_WAS", "0002_detach.up.sql"],
  ]);
  expect(end.data).toMatchObject({ schema: left, back: before, ran: [], stopped: { schema: left } });
  expect(await migrations.schema()).toBe(left);

  // The next try is compared with the same schema as the first, until somebody has acted.
  expect(await judge(migrations)).toMatchObject({ back: before, undo: { kind: "undo" } });
  const client = await database.connect();
  await client.query("create table by_hand ()");
  const acted = await migrations.schema();
  expect(await judge(migrations)).toMatchObject({ back: acted, undo: { kind: "nothing" } });
});

test("what was done by a run that was killed before it recorded it is undone by the next one that fails on it", async () => {
  const attach = `alter table days attach partition days_1 for values from (1) to (2); ${CHECK}`;
  const folder = await aMigrationFolder({ "0001_days": PARTS, "0002_detach": [DETACH, attach] });
  await rehearsed(folder);
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply({ ...run, to: "0001_days" });
  const before = await migrations.schema();
  await migrations.apply(run);
  await forget("0002_detach", before);
  expect(await drift(folder)).toBe("unfinished");

  const judged = await judge(migrations);
  expect(judged.problems[0]?.says).toContain("is not a partition of");
  expect(judged).toMatchObject({ back: before, undo: { kind: "undo", files: ["0002_detach.up.sql"] } });
  expect((await undo(migrations, judged)).problems).toEqual([]);
  expect(await migrations.schema()).toBe(before);
  expect(await state()).toEqual({ ran: ["0001_days"], begun: [] });

  expect((await judge(migrations)).problems).toEqual([]);
  expect(await state()).toEqual({ ran: ["0001_days", "0002_detach"], begun: [] });
});

/** As if the run that did it had been killed before it could record it. */
async function forget(id: string, before: string): Promise<void> {
  const client = await database.connect();
  const { rows } = await client.query<{ sha256: string }>(
    "delete from slipway_migrations.migration_checksums where id = $1 returning up_sha256 as sha256",
    [id],
  );
  await client.query("delete from slipway_migrations.pgmigrations where name = $1", [id]);
  await client.query(
    `insert into slipway_migrations.begun_outside_transactions (id, direction, sha256, schema_before)
     values ($1, 'up', $2, $3)`,
    [id, rows[0]?.sha256, before],
  );
}

test("a statement outside of transactions that did nothing leaves nothing to undo and nothing begun", async () => {
  const folder = await aMigrationFolder({
    "0001_days": PARTS,
    "0002_vacuum": [`${OUTSIDE}vacuum nothing_of_that_name`, "select 1"],
  });
  await rehearsed(folder);
  const judged = await judge(await someMigrations(database.url, folder));
  expect(judged).toMatchObject({
    outcome: { kind: "failed", stayed: ["0001_days.up.sql"] },
    undo: { kind: "nothing" },
    record: { left: [] },
  });
  expect(await state()).toMatchObject({ ran: ["0001_days"], begun: [] });
});

test("a schema that somebody else changed while a migration failed in its transaction is a person's", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a (); select pg_sleep(1); select 1/0",
  });
  const migrations = await someMigrations(database.url, folder);
  const judging = judge(migrations);
  const client = await database.connect();
  await expect
    .poll(
      async () =>
        (
          await client.query(
            "select from pg_stat_activity where query ~ 'pg_sleep\\(1\\)' and pid <> pg_backend_pid()",
          )
        ).rows.length,
      {
        timeout: 20_000,
      },
    )
    .toBe(1);
  await client.query("create table by_hand ()");

  const judged = await judging;
  expect(judged.undo).toEqual({
    kind: "person",
    because: ["its own transaction was undone, so somebody else changed the schema meanwhile"],
  });
  expect(judged.record.left).toEqual(["+ relation public.by_hand"]);
});

test("undoes all that a run did when the checks find new defects, the newest first", async () => {
  const folder = await aMigrationFolder({
    "0001_a": ["create table a (id int primary key); insert into a values (1)", "drop table a"],
    "0002_b": ["create table b (a int); insert into b values (2)", "drop table b"],
    "0003_fk": [
      "alter table b add foreign key (a) references a not valid",
      "alter table b drop constraint b_a_fkey",
    ],
  });
  await rehearsed(folder);
  const migrations = await someMigrations(database.url, folder);
  const before = await migrations.schema();
  const judged = await judge(migrations);
  expect(judged.problems.length).toBeGreaterThan(0);
  expect(judged.undo).toEqual({
    kind: "undo",
    files: ["0003_fk.up.sql", "0002_b.up.sql", "0001_a.up.sql"],
  });
  const end = await undo(migrations, judged);
  expect(end).toMatchObject({
    problems: [],
    undone: ["0003_fk.down.sql", "0002_b.down.sql", "0001_a.down.sql"],
    data: { versionBefore: "0003_fk", version: null, schema: before },
  });
  expect(await migrations.schema()).toBe(before);
});

test("undoes nothing when somebody else has migrated meanwhile", async () => {
  const folder = await aMigrationFolder({
    "0001_a": ["create table a ()", "drop table a"],
    "0002_b": "select 1",
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  expect(
    await migrations.revert({ ...run, target: { files: ["0001_a.up.sql"], schema: "0".repeat(64) } }),
  ).toMatchObject({ kind: "failed", problem: { code: "MIGRATION_UNDO_OTHER" }, stayed: [] });
});
