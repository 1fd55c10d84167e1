import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sentence } from "../../../src/core/errors.ts";
import type { MigrationOutcome } from "../../../src/ports/migrations.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const run = { fence: 1, signal: new AbortController().signal };

/** What a migration may do to the session that runs it, to the history and to the server; each after it made a table. */
const HOSTILE: readonly [what: string, sql: string][] = [
  ["sleeps beyond its time-out", "select pg_sleep(60)"],
  ["drops its own history", "drop schema slipway_migrations cascade"],
  [
    "finds a way around, and drops its own history",
    "do $$ begin execute 'drop schema slip' || 'way_migrations cascade'; end $$",
  ],
  [
    "finds a way around, and empties its own history",
    "do $$ begin execute 'truncate slip' || 'way_migrations.migration_checksums'; end $$",
  ],
  [
    "finds a way around, and lets nothing into its own history",
    `do $$ begin execute 'create rule nothing as on insert to slip'
      || 'way_migrations.migration_checksums do instead nothing'; end $$`,
  ],
  ["changes the search path", "create schema elsewhere; set search_path = elsewhere"],
  ["takes another role", "set role pg_monitor"],
  ["takes another role for its session", "set session authorization pg_monitor"],
  ["switches triggers and foreign keys off", "set session_replication_role = replica"],
  ["lets row-level security filter in silence", "set row_security = on"],
  ["takes the limit off what it waits for", "set local lock_timeout = 0"],
  ["only reads from here on", "set transaction read only"],
  ["frees all locks that its session holds", "select pg_advisory_unlock_all()"],
  ["kills its own backend", "select pg_terminate_backend(pg_backend_pid())"],
  ["cancels itself", "select pg_cancel_backend(pg_backend_pid()); select pg_sleep(60)"],
  [
    "kills the session that holds the lock",
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'slipway migrate, test, lock' and datname = current_database();
      select pg_sleep(60)`,
  ],
  ["copies from the client", "copy mark from stdin"],
  ["runs a program on the server", "copy mark from program 'echo 1'"],
  ["commits in a block", "do $$ begin commit; end $$"],
  ["commits in a procedure", "create procedure p() language plpgsql as $$ begin commit; end $$; call p()"],
  ["speaks to psql", "\\i other.sql"],
  ["makes a database", "create database another"],
  ["prepares a transaction", "prepare transaction 'p'"],
  ["listens", "listen something; notify something, 'a'"],
  ["leaves a cursor open", "declare c cursor with hold for select 1"],
  [
    "fails when it is committed",
    "create table own (a int primary key, b int references own deferrable initially deferred); insert into own values (1, 2)",
  ],
];

const told: string[] = [];

test.each(HOSTILE)("a migration that %s is run wholly or not at all, and said so", async (what, sql) => {
  const folder = await aMigrationFolder({
    "0001_base": ["create table base (a int)", "drop table base"],
    "0002_hostile": [`create table mark (a int);\n${sql};\n`, "drop table mark"],
    "0003_after": ["create table after as select current_user::text as role", "drop table after"],
  });
  const migrations = await someMigrations(database.url, folder, { statementTimeoutMs: 1500 });
  const outcome = await migrations.apply(run);
  told.push(`a migration that ${what}`, `  ${tell(outcome)}`);

  const role = outcome.kind === "applied" ? "postgres" : null;
  expect(await whatIsThere()).toMatchObject({ agrees: true, role });
  await expect.poll(leftBehind, { timeout: 10_000 }).toEqual([]);

  // Mended, everything runs.
  await writeFile(join(folder, "0002_hostile.up.sql"), "create table mark (a int)");
  const again = await someMigrations(database.url, folder);
  const mended = outcome.kind === "failed" ? await again.apply(run) : outcome;
  expect(mended).toMatchObject({ kind: "applied" });
});

test("a down that empties its own history is undone", async () => {
  const down =
    "drop table a; do $$ begin execute 'delete from slip' || 'way_migrations.pgmigrations'; end $$";
  const folder = await aMigrationFolder({
    "0001_base": ["create table base ()", "drop table base"],
    "0002_a": ["create table a ()", down],
  });
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(run);
  expect(await migrations.revert({ ...run, target: { count: 1 } })).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_TOUCHED_HISTORY", at: "0002_a.down.sql" },
    stayed: [],
  });
  expect(await migrations.plan()).toEqual({ kind: "nothing-to-do", applied: 2 });
  const client = await database.connect();
  expect((await client.query("select to_regclass('a') is not null as there")).rows).toEqual([
    { there: true },
  ]);
});

test("each is told in a sentence", async () => {
  await expect(`${told.join("\n")}\n`).toMatchFileSnapshot("../../golden/migrations/hostile.txt");
});

function tell(outcome: MigrationOutcome): string {
  if (outcome.kind === "applied") return `ran: ${outcome.ran.map(({ file }) => file).join(", ")}`;
  return sentence(outcome.problem).replaceAll(/127\.0\.0\.1:\d+\/test_\w+/g, "<database>");
}

/** The history against what stands there: the table of the hostile migration is there when the history says that it ran. */
async function whatIsThere(): Promise<unknown> {
  const client = await database.connect();
  const there = async (table: string) =>
    (await client.query<{ there: boolean }>("select to_regclass($1) is not null as there", [table])).rows[0]
      ?.there;
  const ran = (await there("slipway_migrations.migration_checksums"))
    ? (await client.query<{ id: string }>("select id from slipway_migrations.migration_checksums")).rows.map(
        ({ id }) => id,
      )
    : [];
  const agrees =
    (await there("public.base")) === ran.includes("0001_base") &&
    (await there("public.mark")) === ran.includes("0002_hostile") &&
    (await there("public.after")) === ran.includes("0003_after");
  const role = (await there("public.after"))
    ? (await client.query<{ role: string }>("select role from public.after")).rows[0]?.role
    : null;
  return { agrees, role, ran };
}

/** Statements that still run, transactions that are open and locks that are held. */
async function leftBehind(): Promise<unknown[]> {
  const client = await database.connect();
  const { rows } = await client.query(
    `select application_name, state, query from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
     union all select 'lock', mode, locktype from pg_locks
     where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
     union all select 'prepared', gid, '' from pg_prepared_xacts`,
  );
  return rows;
}
