import { createHash } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { MigrationEvent } from "../../../src/core/migration/run-event.ts";
import { until } from "../../cloud/until.ts";
import { useDatabase } from "../../support/postgres.ts";
import { seedFiles, someSeeds } from "../postgres/some-seeds.ts";
import { aWorker, NOWHERE } from "./a-worker.ts";

const database = useDatabase();
const never = new AbortController().signal;
const LONG = 240_000;
const ROWS = "insert into t select n from generate_series(1, 3) n on conflict do nothing";

beforeEach(async () => {
  await (await database.connect()).query("create table t (id int primary key)");
});

async function rows(): Promise<number> {
  return (await (await database.connect()).query("select from t")).rowCount ?? 0;
}

/** Resolves when a session of a worker sleeps in the database. */
async function asleep(): Promise<void> {
  const client = await database.connect();
  const text = `select 1 from pg_stat_activity
    where query like '%pg_sleep%' and application_name like 'slipway migrate, run %' and pid <> pg_backend_pid()`;
  await until(
    async () => (await client.query(text)).rowCount ?? 0,
    (count) => count > 0,
    60,
  );
}

function withoutSeconds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (name, one: unknown) => (name === "seconds" ? 0 : one));
}

test(
  "seeds of a worker are tried, kept, found there and refused as over a connection of one's own",
  { timeout: LONG },
  async () => {
    const files = [
      ...seedFiles(ROWS),
      {
        file: "local/0001_marked.sql",
        sql: "select 'ä'",
        sha256: createHash("sha256").update("\uFEFFselect 'ä'").digest("hex"),
      },
    ];
    const { openSeeds, lease } = await aWorker(database.url);
    const run = { keep: true, fence: lease.fence, signal: never };
    const seeding = await openSeeds({ url: NOWHERE, files });
    const direct = await someSeeds(database.url);

    const tried = await seeding.apply({ ...run, keep: false });
    expect(await rows()).toBe(0);
    expect(withoutSeconds(tried)).toEqual(withoutSeconds(await direct.apply(files, { ...run, keep: false })));
    expect(withoutSeconds(await seeding.apply(run))).toEqual(withoutSeconds(tried));
    expect(await rows()).toBe(3);
    expect(withoutSeconds(await seeding.apply(run))).toEqual(withoutSeconds(await direct.apply(files, run)));

    const again = seedFiles("insert into t select max(id) + 1 from t");
    const refused = await (await openSeeds({ url: NOWHERE, files: again })).apply(run);
    expect(refused).toMatchObject({ kind: "failed", problem: { code: "SEED_NOT_IDEMPOTENT" } });
    expect(refused).toEqual(await direct.apply(again, run));
    expect(await rows()).toBe(3);
  },
);

test("what happens meanwhile is told: here a lock that somebody holds", { timeout: LONG }, async () => {
  const { openSeeds, lease } = await aWorker(database.url);
  const seeding = await openSeeds({ url: NOWHERE, files: seedFiles(ROWS) });
  const holder = await database.connect();
  await holder.query("begin; lock table t in share mode");
  const told = Promise.withResolvers<MigrationEvent>();

  const applying = seeding.apply({ keep: true, fence: lease.fence, signal: never, tell: told.resolve });
  expect(await told.promise).toMatchObject({ kind: "retry", file: "practice/0001_rows.sql", attempt: 1 });
  await holder.query("commit");

  expect(await applying).toMatchObject({ kind: "applied" });
});

test("a worker that is killed in the middle has kept nothing", { timeout: LONG }, async () => {
  const { openSeeds, processes, lease } = await aWorker(database.url);
  const seeding = await openSeeds({ url: NOWHERE, files: seedFiles(ROWS, "select pg_sleep(120)") });
  const applying = seeding.apply({ keep: true, fence: lease.fence, signal: never });
  await asleep();

  processes.started[0]?.child.kill("SIGKILL");

  expect(await applying).toMatchObject({
    kind: "failed",
    problem: {
      code: "SEED_WORKER_LOST",
      says: "the worker was lost while it seeded (SIGKILL); nothing of the run was kept",
    },
  });
  expect(await rows()).toBe(0);
});

test(
  "a worker that is killed at its commit: another one asks the server, which knows of the rows",
  { timeout: LONG },
  async () => {
    const client = await database.connect();
    // Its answer is held up: it waits for the table of letters, the deployment for its answer.
    await client.query(`
      create function hold() returns trigger language plpgsql as $$
      begin if new.body like '%"kind":"answer"%applied%' then perform pg_sleep(120); end if; return new; end $$;
    `);
    const { openSeeds, processes, lease } = await aWorker(database.url);
    const seeding = await openSeeds({ url: NOWHERE, files: seedFiles(ROWS) });
    await client.query(
      "create trigger hold before insert on slipway_ledger.worker_letters for each row execute function hold()",
    );
    const applying = seeding.apply({ keep: true, fence: lease.fence, signal: never });
    await until(rows, (count) => count === 3, 60);

    processes.started[0]?.child.kill("SIGKILL");

    expect(await applying).toMatchObject({
      kind: "applied",
      files: [{ file: "practice/0001_rows.sql", wrote: [{ table: "public.t", inserted: 3 }] }],
    });
    expect(processes.started).toHaveLength(2);
  },
);

test("a stop is passed on, and nothing is kept", { timeout: LONG }, async () => {
  const { openSeeds, lease } = await aWorker(database.url);
  const seeding = await openSeeds({ url: NOWHERE, files: seedFiles(ROWS, "select pg_sleep(120)") });
  const stop = new AbortController();
  const applying = seeding.apply({ keep: true, fence: lease.fence, signal: stop.signal });
  await asleep();

  stop.abort();

  expect(await applying).toMatchObject({
    kind: "failed",
    problem: { code: "SEED_INTERRUPTED", at: "practice/0002_rows.sql" },
  });
  expect(await rows()).toBe(0);
});

test(
  "a lease that another one has taken ends what runs, and its old fence begins nothing",
  { timeout: LONG },
  async () => {
    const { openSeeds, lease } = await aWorker(database.url);
    const seeding = await openSeeds({ url: NOWHERE, files: seedFiles(ROWS, "select pg_sleep(120)") });
    const run = { keep: true, fence: lease.fence, signal: never };
    const applying = seeding.apply(run);
    await asleep();

    await (await database.connect()).query("update slipway_ledger.leases set fence = fence + 1");

    expect(await applying).toMatchObject({ kind: "failed", problem: { code: "SEED_INTERRUPTED" } });
    await expect(seeding.apply(run)).rejects.toMatchObject({
      exit: "leaseHeld",
      problems: [{ code: "LEASE_LOST" }],
    });
    expect(await rows()).toBe(0);
  },
);

test(
  "a worker that cannot reach the database says so, as the direct way does",
  { timeout: LONG },
  async () => {
    const { openSeeds } = await aWorker(database.url, { databaseUrl: NOWHERE.reveal() });
    await expect(openSeeds({ url: NOWHERE, files: seedFiles(ROWS) })).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "DATABASE_UNREACHABLE", at: "127.0.0.1:1/nothing" }],
    });
  },
);
