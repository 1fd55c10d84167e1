import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageVersion } from "../../../src/cli/run-origin.ts";
import { until } from "../../cloud/until.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aFolderOf, aMigrationFolder, someMigrations } from "../postgres/a-migration-folder.ts";
import { aWorker, NOWHERE } from "./a-worker.ts";

const database = useDatabase();
const never = new AbortController().signal;
const LONG = 240_000;

const sleeping = (seconds: number) => `create table b (); select pg_sleep(${seconds})`;

async function isThere(table: string): Promise<boolean> {
  const client = await database.connect();
  return (await client.query("select 1 from pg_class where relname = $1", [table])).rowCount === 1;
}

/** Resolves when a session of a worker sleeps in the database. */
async function asleep(): Promise<void> {
  const client = await database.connect();
  const sleeps = () =>
    client.query("select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()");
  await until(
    async () => (await sleeps()).rowCount ?? 0,
    (count) => count > 0,
    60,
  );
}

test(
  "a worker that alone knows the database's URL plans, applies, fails and reverts as the direct way does",
  { timeout: LONG },
  async () => {
    const folder = await aMigrationFolder({
      "0001_a": ["create table a ()", "drop table a"],
      "0002_b": ["create table b ();\nselect nothing_of_that_name", "drop table b"],
    });
    const { openMigrations, openInspection, lease } = await aWorker(database.url);
    const { fence } = lease;
    const migrations = await openMigrations({ url: NOWHERE, folder });
    const direct = await someMigrations(database.url, folder);

    const plan = await migrations.plan();
    expect(plan).toEqual(await direct.plan());
    expect(plan).toMatchObject({ kind: "planned", applied: 0 });

    const told: unknown[] = [];
    const outcome = await migrations.apply({ fence, signal: never, tell: (event) => told.push(event) });
    expect(outcome).toMatchObject({ kind: "failed", stayed: ["0001_a.up.sql"] });
    expect(told).toMatchObject([{ kind: "ran", file: "0001_a.up.sql" }]);
    const again = await direct.apply({ fence, signal: never });
    expect(outcome.kind === "failed" && again.kind === "failed" && outcome.problem).toEqual(
      again.kind === "failed" && again.problem,
    );
    expect(await migrations.schema()).toBe(await direct.schema());
    expect(await migrations.describe()).toEqual(await direct.describe());

    await writeFile(join(folder, "0002_b.up.sql"), "create table b ()");
    expect(await migrations.apply({ fence, signal: never })).toMatchObject({
      kind: "applied",
      ran: [{ file: "0002_b.up.sql" }],
    });
    const inspection = await openInspection({ url: NOWHERE, folder });
    expect((await inspection.inspect()).applied.map(({ id }) => id)).toEqual(["0001_a", "0002_b"]);
    expect(await inspection.expected()).toMatchObject({ kind: "kept", migration: "0002_b" });
    const target = { kind: "count", count: 1 } as const;
    expect(await migrations.revert({ fence, signal: never, target })).toMatchObject({
      kind: "applied",
      ran: [{ file: "0002_b.down.sql" }],
    });
    expect(await isThere("b")).toBe(false);
  },
);

test(
  "migrations in code run as the SQL they stand for, checks go along, and no letter stays",
  { timeout: LONG },
  async () => {
    const folder = await aFolderOf({
      "0001_a.ts": `export const up = (pgm) => pgm.createTable("a", { id: "id" }); export const down = (pgm) => pgm.dropTable("a");`,
    });
    const { openMigrations, lease, worker } = await aWorker(database.url);
    const migrations = await openMigrations({ url: NOWHERE, folder });
    expect(await migrations.apply({ fence: lease.fence, signal: never })).toMatchObject({
      kind: "applied",
      ran: [{ file: "0001_a.ts" }],
    });
    expect(await isThere("a")).toBe(true);
    expect((await migrations.check(await migrations.measure())).problems).toEqual([]);

    await worker.end();
    const client = await database.connect();
    expect((await client.query("select * from slipway_ledger.worker_letters")).rows).toEqual([]);
  },
);

test(
  "a worker that is killed in the middle: the database is asked what it has kept",
  { timeout: LONG },
  async () => {
    const folder = await aMigrationFolder({ "0001_a": "create table a ()", "0002_b": sleeping(120) });
    const { openMigrations, processes, lease } = await aWorker(database.url);
    const migrations = await openMigrations({ url: NOWHERE, folder });
    const applying = migrations.apply({ fence: lease.fence, signal: never });
    await asleep();

    processes.started[0]?.child.kill("SIGKILL");

    expect(await applying).toMatchObject({
      kind: "failed",
      problem: {
        code: "MIGRATION_WORKER_LOST",
        says: "the worker was lost while it migrated (SIGKILL); what it had not committed was undone",
      },
      stayed: ["0001_a.up.sql"],
    });
    expect(await isThere("b")).toBe(false);
    expect(processes.started).toHaveLength(2);
  },
);

test(
  "a stop is passed on: the statement is cancelled there, and the outcome is known here",
  { timeout: LONG },
  async () => {
    const folder = await aMigrationFolder({ "0001_a": "create table a ()", "0002_b": sleeping(120) });
    const { openMigrations, lease } = await aWorker(database.url);
    const migrations = await openMigrations({ url: NOWHERE, folder });
    const stop = new AbortController();
    const applying = migrations.apply({ fence: lease.fence, signal: stop.signal });
    await asleep();

    stop.abort();

    expect(await applying).toMatchObject({
      kind: "failed",
      problem: { code: "MIGRATION_INTERRUPTED", at: "0002_b.up.sql" },
      stayed: ["0001_a.up.sql"],
    });
    expect(await isThere("b")).toBe(false);
  },
);

test(
  "a lease that another one has taken ends what runs, and its old fence begins nothing",
  { timeout: LONG },
  async () => {
    const folder = await aMigrationFolder({ "0001_a": sleeping(120) });
    const { openMigrations, lease } = await aWorker(database.url);
    const migrations = await openMigrations({ url: NOWHERE, folder });
    const applying = migrations.apply({ fence: lease.fence, signal: never });
    await asleep();

    const client = await database.connect();
    await client.query("update slipway_ledger.leases set fence = fence + 1");

    expect(await applying).toMatchObject({
      kind: "failed",
      problem: { code: "MIGRATION_INTERRUPTED" },
      stayed: [],
    });
    await expect(migrations.apply({ fence: lease.fence, signal: never })).rejects.toMatchObject({
      exit: "leaseHeld",
      problems: [{ code: "LEASE_LOST" }],
    });
    expect(await isThere("b")).toBe(false);
  },
);

test(
  "SIGTERM, as a platform sends it: the statement is cancelled, and the answer still comes",
  { timeout: LONG },
  async () => {
    const folder = await aMigrationFolder({ "0001_a": sleeping(120) });
    const { openMigrations, processes, lease } = await aWorker(database.url);
    const migrations = await openMigrations({ url: NOWHERE, folder });
    const applying = migrations.apply({ fence: lease.fence, signal: never });
    await asleep();

    processes.started[0]?.child.kill("SIGTERM");

    expect(await applying).toMatchObject({
      kind: "failed",
      problem: { code: "MIGRATION_INTERRUPTED" },
      stayed: [],
    });
    expect(await isThere("b")).toBe(false);
  },
);

test(
  "a worker that cannot reach the database says so, as the direct way does",
  { timeout: LONG },
  async () => {
    const folder = await aMigrationFolder({ "0001_a": "create table a ()" });
    const { openMigrations } = await aWorker(database.url, { databaseUrl: NOWHERE.reveal() });
    await expect(openMigrations({ url: NOWHERE, folder })).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "DATABASE_UNREACHABLE", at: "127.0.0.1:1/nothing" }],
    });
  },
);

test("a worker that ends at once is told with the platform's words", { timeout: LONG }, async () => {
  const folder = await aMigrationFolder({ "0001_a": "create table a ()" });
  const { openMigrations } = await aWorker(database.url, {
    tasks: () => ({
      place: "a task",
      start: () => Promise.resolve("one"),
      state: () => Promise.resolve({ kind: "stopped", because: "CannotPullContainerError: not found" }),
      stop: () => Promise.resolve(),
    }),
  });
  await expect(openMigrations({ url: NOWHERE, folder })).rejects.toMatchObject({
    exit: "verifyFailed",
    problems: [
      {
        code: "WORKER_NEVER_CAME",
        at: "a task",
        says: "the worker that migrates did not begin: CannotPullContainerError: not found",
      },
    ],
  });
  expect(packageVersion()).toMatch(/^\d/);
});
