import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { APP_HISTORY } from "../../../src/adapters/postgres/migration-history.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const never = new AbortController().signal;
const run = { fence: 1, signal: never };

/** Waits until a statement of that form runs, and answers its backend. */
async function backendRunning(form: string): Promise<number> {
  const client = await database.connect();
  for (const deadline = performance.now() + 40_000; performance.now() < deadline;) {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where state = 'active' and query ~ $1 and pid <> pg_backend_pid() and datname = current_database()`,
      [form],
    );
    if (rows[0] !== undefined) return rows[0].pid;
    await setTimeout(20);
  }
  throw new Error(`nothing runs ${form}`);
}

async function lockHolders(): Promise<number> {
  const client = await database.connect();
  const { rows } = await client.query(
    "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
  );
  return rows.length;
}

const SOURCES = new URL("../../../src/", import.meta.url).href;
const MIGRATE = `
  const { openMigrations } = await import("${SOURCES}adapters/postgres/open-migrations.ts");
  const { Secret } = await import("${SOURCES}core/secret.ts");
  const url = new Secret("migrate-url", process.env.MIGRATE_URL);
  const migrations = await openMigrations({ url, folder: process.env.MIGRATE_FOLDER });
  await migrations.apply({ fence: 1, signal: new AbortController().signal });`;

const SLOW = { "0001_a": "create table a ()", "0002_b": "create table b (); select pg_sleep(60)" };

test("a signal cancels the statement on the server and frees the lock", async () => {
  const migrations = await someMigrations(database.url, await aMigrationFolder(SLOW));
  const stop = new AbortController();
  const applying = migrations.apply({ fence: 1, signal: stop.signal });
  const pid = await backendRunning("pg_sleep");
  const began = performance.now();
  stop.abort();

  expect(await applying).toMatchObject({
    kind: "failed",
    problem: {
      code: "MIGRATION_INTERRUPTED",
      at: "0002_b.up.sql",
      says: "stopped by a signal; the migration under way was undone",
      hint: "run the same command again",
    },
    stayed: ["0001_a.up.sql"],
  });
  expect(performance.now() - began).toBeLessThan(20_000);
  const client = await database.connect();
  const { rows } = await client.query(
    "select state from pg_stat_activity where pid = $1 and state <> 'idle'",
    [pid],
  );
  expect(rows).toEqual([]);
  await expect.poll(lockHolders, { timeout: 5000 }).toBe(0);
  expect(await migrations.plan()).toMatchObject({ kind: "planned", applied: 1 });
});

test("a signal before it began changes nothing", async () => {
  const migrations = await someMigrations(database.url, await aMigrationFolder(SLOW));
  expect(await migrations.apply({ fence: 1, signal: AbortSignal.abort() })).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_INTERRUPTED" },
    stayed: [],
  });
});

test("a killed backend is a failed migration and not the end of the process", async () => {
  const migrations = await someMigrations(database.url, await aMigrationFolder(SLOW));
  const applying = migrations.apply(run);
  const pid = await backendRunning("pg_sleep");
  await (await database.connect()).query("select pg_terminate_backend($1)", [pid]);
  expect(await applying).toMatchObject({
    kind: "failed",
    problem: { code: "MIGRATION_CONNECTION_LOST", at: "0002_b.up.sql" },
    stayed: ["0001_a.up.sql"],
  });
  expect(await migrations.plan()).toMatchObject({ kind: "planned", applied: 1 });
});

test("a migration that kills its own backend is a failed migration", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a (); select pg_terminate_backend(pg_backend_pid())",
  });
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.apply(run)).toMatchObject({ kind: "failed", stayed: [] });
});

test("without its lock's session it stops, so that nobody else migrates at the same time", async () => {
  const migrations = await someMigrations(database.url, await aMigrationFolder(SLOW));
  const applying = migrations.apply(run);
  await backendRunning("pg_sleep");
  const client = await database.connect();
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'slipway migrate, test, lock'",
  );
  expect(await applying).toMatchObject({
    kind: "failed",
    problem: {
      code: "MIGRATION_CONNECTION_LOST",
      says: "the session that held the migration lock was lost, so the migration was stopped",
    },
    stayed: ["0001_a.up.sql"],
  });
});

test("a killed process leaves no statement running and no lock behind", async () => {
  const folder = await aMigrationFolder(SLOW);
  const child = spawn(process.execPath, ["--input-type=module", "--eval", MIGRATE], {
    env: { MIGRATE_URL: database.url, MIGRATE_FOLDER: folder },
    stdio: "inherit",
  });
  await backendRunning("pg_sleep");
  child.kill("SIGKILL");

  await expect.poll(lockHolders, { timeout: 10_000 }).toBe(0);
  const client = await database.connect();
  const running = async () => {
    const { rows } = await client.query(
      "select pid from pg_stat_activity where query ~ 'pg_sleep' and state = 'active' and pid <> pg_backend_pid()",
    );
    return rows;
  };
  await expect.poll(running, { timeout: 10_000 }).toEqual([]);
  const migrations = await someMigrations(database.url, folder);
  expect(await migrations.plan()).toMatchObject({ kind: "planned", applied: 1 });
});

test("two runs at once: one migrates, the other waits and finds it done", async () => {
  const folder = await aMigrationFolder({
    "0001_a": "create table a (); select pg_sleep(0.3)",
    "0002_b": "create table b ()",
  });
  const runs = await Promise.all(Array.from({ length: 5 }, () => someMigrations(database.url, folder)));
  const outcomes = await Promise.all(runs.map((migrations) => migrations.apply(run)));
  const ran = outcomes.map((outcome) => (outcome.kind === "applied" ? outcome.ran.length : outcome));
  expect(ran.filter((files) => files === 2)).toHaveLength(1);
  expect(ran.filter((files) => files === 0)).toHaveLength(4);
});

test("a run that waits too long says who holds the lock", async () => {
  const client = await database.connect();
  await client.query("set application_name = 'somebody else'");
  await client.query("select pg_advisory_lock($1::bigint)", [APP_HISTORY.lockKey]);
  const migrations = await someMigrations(database.url, await aMigrationFolder(SLOW), { lockWaitMs: 300 });
  expect(await migrations.apply(run)).toMatchObject({
    kind: "failed",
    problem: {
      code: "MIGRATIONS_LOCKED",
      says: expect.stringMatching(
        /^somebody else \(pid \d+, role postgres, connected since \d{4}-\d\d-\d\dT[\d:]+Z\) is migrating this database$/,
      ) as string,
    },
    stayed: [],
  });
});

test("a statement that waits for a table, and one that runs too long, are given up", async () => {
  const other = await database.connect();
  await other.query("create table busy ()");
  await other.query("begin; lock table busy");
  const locked = await someMigrations(
    database.url,
    await aMigrationFolder({ "0001_a": "alter table busy add a int" }),
    {
      lockTimeoutMs: 200,
    },
  );
  expect(await locked.apply(run)).toMatchObject({
    problem: { code: "MIGRATION_LOCK_TIMEOUT", at: "0001_a.up.sql" },
  });
  await other.query("rollback");

  const slow = await someMigrations(
    database.url,
    await aMigrationFolder({ "0001_a": "select pg_sleep(60)" }),
    {
      statementTimeoutMs: 200,
    },
  );
  expect(await slow.apply(run)).toMatchObject({
    problem: { code: "MIGRATION_TIMEOUT", at: "0001_a.up.sql" },
  });
});
