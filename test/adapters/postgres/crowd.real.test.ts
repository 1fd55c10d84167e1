import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useDatabase } from "../../support/postgres.ts";
import { aMigrationFolder, someMigrations } from "./a-migration-folder.ts";

const database = useDatabase();
const RUNNERS = 20;
const INDEX = [
  "-- slipway: no-transaction\ncreate index concurrently t_by_n on t (n)",
  "-- slipway: no-transaction\ndrop index concurrently t_by_n",
] as const;

/** Each adds a row, so that a migration that ran twice or not at all is seen. */
const PAIRS = {
  "0001_t": ["create table t (n int); insert into t values (1)", "drop table t"],
  "0002_i": INDEX,
  "0003_n": ["insert into t values (3); select pg_sleep(0.2)", "delete from t where n = 3"],
  "0004_n": ["insert into t values (4)", "delete from t where n = 4"],
} as const;

async function rows(query: string): Promise<unknown[]> {
  const client = await database.connect();
  return (await client.query<{ one: unknown }>(query)).rows.map(({ one }) => one);
}

test(`of ${RUNNERS} runners at once one migrates and the others find it done, with an index that is built concurrently`, async () => {
  const folder = await aMigrationFolder(PAIRS);
  // A lock time-out of the session is no reason to stop waiting for another run.
  const runs = await Promise.all(
    Array.from({ length: RUNNERS }, () =>
      someMigrations(database.url, folder, { lockTimeoutMs: 2000, lockWaitMs: 60_000 }),
    ),
  );
  const order = { fence: 1, signal: new AbortController().signal };
  const outcomes = await Promise.all(runs.map((migrations) => migrations.apply(order)));

  const ran = outcomes.map((outcome) => (outcome.kind === "applied" ? outcome.ran.length : outcome.problem));
  expect(ran.filter((files) => files === 4)).toHaveLength(1);
  expect(ran.filter((files) => files === 0)).toHaveLength(RUNNERS - 1);
  expect(await rows("select n as one from t order by n")).toEqual([1, 3, 4]);
  expect(
    await rows("select id as one from slipway_migrations.migration_checksums order by position"),
  ).toEqual(Object.keys(PAIRS));
  expect(await rows("select indisvalid as one from pg_index where indrelid = 't'::regclass")).toEqual([true]);
}, 90_000);

test("runners that wait for a shorter time than one takes say who migrates, and nothing is lost", async () => {
  const folder = await aMigrationFolder({ ...PAIRS, "0003_n": ["select pg_sleep(3)", "select 1"] });
  const first = await someMigrations(database.url, folder, { applicationName: "slipway migrate, the first" });
  const order = { fence: 1, signal: new AbortController().signal };
  const applying = first.apply(order);
  await expect
    .poll(() => rows("select 1 as one from pg_locks where locktype = 'advisory'"), { timeout: 10_000 })
    .not.toEqual([]);

  const others = await Promise.all(
    Array.from({ length: 5 }, () => someMigrations(database.url, folder, { lockWaitMs: 0 })),
  );
  const outcomes = await Promise.all(others.map((migrations) => migrations.apply(order)));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({
      kind: "failed",
      problem: {
        code: "MIGRATIONS_LOCKED",
        says: expect.stringMatching(
          /^slipway migrate, the first, lock \(pid \d+, role postgres, .+\) is migrating/,
        ) as string,
      },
      stayed: [],
    });
  }
  expect(await applying).toMatchObject({ kind: "applied", ran: [{}, {}, {}, {}] });
}, 60_000);

test("what runners that were stopped at any moment left is finished by the next one, each migration once", async () => {
  const folder = await aMigrationFolder(PAIRS);
  const stops = Array.from({ length: 6 }, () => new AbortController());
  for (const [index, stop] of stops.entries()) {
    const migrations = await someMigrations(database.url, folder);
    const applying = migrations.apply({ fence: 1, signal: stop.signal, tell: () => stop.abort() });
    if (index % 2 === 1) stop.abort();
    await applying;
  }
  const last = await someMigrations(database.url, folder);
  const order = { fence: 1, signal: new AbortController().signal };
  expect(await last.apply(order)).toMatchObject({ kind: "applied" });
  expect(await rows("select n as one from t order by n")).toEqual([1, 3, 4]);
  expect(
    await rows("select id as one from slipway_migrations.migration_checksums order by position"),
  ).toEqual(Object.keys(PAIRS));
  expect(await rows("select 1 as one from slipway_migrations.begun_outside_transactions")).toEqual([]);
}, 60_000);

test("a database that was restored to an earlier state runs again what it lacks; one from a later state is refused", async () => {
  const folder = await aMigrationFolder({ "0001_t": PAIRS["0001_t"] });
  const order = { fence: 1, signal: new AbortController().signal };
  const migrations = await someMigrations(database.url, folder);
  await migrations.apply(order);
  const name = new URL(database.url).pathname.slice(1);
  const admin = await database.connect(database.url.replace(/\/[^/]*$/, "/postgres"));
  const copied = database.url.replace(/\/[^/]*$/, `/${name}_earlier`);
  await migrations.close();
  await admin.query(`create database ${name}_earlier template ${name}`);
  try {
    await writeFile(join(folder, "0002_n.up.sql"), "insert into t values (2)");
    await writeFile(join(folder, "0002_n.down.sql"), "delete from t where n = 2");
    const later = await someMigrations(database.url, folder);
    await later.apply(order);

    const earlier = await someMigrations(copied, folder);
    expect(await earlier.plan()).toMatchObject({
      kind: "planned",
      applied: 1,
      pending: [{ file: "0002_n.up.sql" }],
    });
    expect(await earlier.apply(order)).toMatchObject({ kind: "applied", ran: [{}] });
    await earlier.close();

    const old = await aMigrationFolder({ "0001_t": PAIRS["0001_t"] });
    expect(await (await someMigrations(database.url, old)).plan()).toMatchObject({
      kind: "refused",
      problems: [{ code: "MIGRATION_DATABASE_AHEAD", at: "0002_n.up.sql" }],
    });
  } finally {
    await admin.query(`drop database ${name}_earlier with (force)`);
  }
}, 60_000);
