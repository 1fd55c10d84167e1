import { expect, inject, test } from "vitest";
import { setTimeout } from "node:timers/promises";
import { codeOf } from "../../../src/adapters/postgres/connect-problem.ts";
import { SlipwayError } from "../../../src/core/errors.ts";
import { aRelease } from "../../builders/a-release.ts";
import { useDatabase } from "../../support/postgres.ts";
import { aLease, aLedger, anEntry, verdictOf } from "./a-ledger.ts";

const database = useDatabase();
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;

test("appends records, gapless from 1, and reads them back", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const data = { text: 'ä€😀\u2028\\"', big: 2 ** 53, tiny: 1e-7, nested: { b: [1, null], a: {} } };

  const first = await ledger.journal.append(anEntry({ data }));
  const second = await ledger.journal.append(anEntry({ phase: "outcome", outcome: "done" }));
  await ledger.journal.append(anEntry({ deploymentId: "d-2" }));

  expect(first).toEqual({ ...anEntry({ data }), seq: 1, at: TIME });
  expect(second).toEqual({ ...anEntry({ phase: "outcome", outcome: "done" }), seq: 2, at: TIME });
  expect(await ledger.journal.records("d-1")).toEqual([first, second]);
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 3 });
});

test("changes the state in the record's own transaction", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const release = aRelease();
  const revisions = { api: "arn:aws:ecs:us-east-1:000000000000:task-definition/diary-local-api:1" };
  const whole = { type: "deployment", step: undefined } as const;

  await ledger.journal.append(anEntry(whole), [{ kind: "begin", purpose: "deploy", release }]);
  const [open] = await ledger.releases.deployments("diary", "local", 10);
  expect(open).toEqual({
    deploymentId: "d-1",
    purpose: "deploy",
    releaseId: release.id,
    version: release.version,
    actor: anEntry().actor,
    outcome: undefined,
    startedAt: TIME,
    endedAt: undefined,
  });
  expect(await ledger.releases.lastKnownGood("diary", "local")).toBeUndefined();

  const { at } = await ledger.journal.append(anEntry({ step: "commit", phase: "outcome", outcome: "done" }), [
    { kind: "commit", purpose: "deploy", release, revisions },
  ]);
  const good = { deploymentId: "d-1", purpose: "deploy", release, revisions, at };
  expect(await ledger.releases.lastKnownGood("diary", "local")).toEqual(good);
  expect(await ledger.releases.history("diary", "local")).toEqual([good]);
  expect(await ledger.releases.lastKnownGood("diary", "production")).toBeUndefined();

  const end = { ...whole, phase: "outcome", outcome: "deployed" } as const;
  await ledger.journal.append(anEntry(end), [{ kind: "end", outcome: "deployed" }]);
  expect(await ledger.releases.deployments("diary", "local", 10)).toEqual([
    { ...open, outcome: "deployed", endedAt: TIME },
  ]);
});

test("keeps neither record nor state when one of the two cannot be made", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  await expect(ledger.journal.append(anEntry(), [{ kind: "end", outcome: "failed" }])).rejects.toThrow(
    "deployment d-1 has not begun",
  );
  expect(await ledger.journal.records("d-1")).toEqual([]);
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 0 });
});

test("refuses a stale fence, a fence nobody was given, and one that was given back", async () => {
  const ledger = await aLedger(database.url);
  const lost = { exit: "leaseHeld", problems: [{ code: "LEASE_LOST", at: "diary/local" }] };
  await expect(ledger.journal.append(anEntry())).rejects.toMatchObject(lost);

  const old = await aLease(ledger, "old", 0.05);
  await setTimeout(100);
  const young = await aLease(ledger, "young");
  expect([old.fence, young.fence]).toEqual([1, 2]);
  await expect(ledger.journal.append(anEntry({ fence: 1 }))).rejects.toMatchObject(lost);
  await ledger.journal.append(anEntry({ fence: 2 }));
  await expect(ledger.journal.append(anEntry({ fence: 3 }))).rejects.toMatchObject(lost);

  await ledger.leases.release(young);
  await expect(ledger.journal.append(anEntry({ fence: 2 }))).rejects.toMatchObject(lost);
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 1 });
});

test("stays gapless with several writers at once", async () => {
  const ledgers = await Promise.all(Array.from({ length: 4 }, () => aLedger(database.url)));
  const [first] = ledgers;
  if (first === undefined) throw new Error("no ledger");
  await aLease(first);

  const written = await Promise.all(
    ledgers.map(async (ledger, writer) => {
      const records = [];
      for (let n = 0; n < 50; n++)
        records.push(await ledger.journal.append(anEntry({ deploymentId: `d-${writer}` })));
      return records;
    }),
  );
  const seqs = written.flat().map(({ seq }) => seq);
  expect(seqs.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: 200 });
});

test("loses no acknowledged record and makes none twice when backends are killed while it appends", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const going = new AbortController();
  const acknowledged: number[] = [];
  const writing = (async () => {
    while (!going.signal.aborted) acknowledged.push((await ledger.journal.append(anEntry())).seq);
  })();

  const kills = inject("postgresSource") === "containers" ? 0 : 2;
  for (let round = 0; round < 4; round++) {
    const before = acknowledged.length;
    await expect
      .poll(() => acknowledged.length, { timeout: 20_000, interval: 20 })
      .toBeGreaterThan(before + 50);
    const { rows } = await askAgain(
      `select pid from pg_stat_activity where datname = current_database() and application_name = $1`,
      [`slipway, process ${process.pid}`],
    );
    for (const { pid } of rows as { pid: number }[]) {
      if (round < kills) process.kill(pid, "SIGKILL");
      else await askAgain("select pg_terminate_backend($1)", [pid]);
    }
  }
  going.abort();
  await writing;

  expect(acknowledged).toEqual(Array.from({ length: acknowledged.length }, (_, n) => n + 1));
  expect(await verdictOf(database.url)).toMatchObject({ kind: "intact", records: acknowledged.length });
});

/** A killed backend takes the whole server down for a moment. */
async function askAgain(text: string, values: unknown[]) {
  for (;;) {
    try {
      return await (await database.connect()).query(text, values);
    } catch {
      await setTimeout(50);
    }
  }
}

test("does nothing and says so when the database is gone", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  const admin = await database.connect(database.url.replace(/\/[^/]*$/, "/postgres"));
  const name = new URL(database.url).pathname.slice(1);
  await admin.query(`drop database ${name} with (force)`);
  try {
    const fault = await ledger.journal.append(anEntry()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(SlipwayError);
    expect(fault).toMatchObject({ exit: "verifyFailed", problems: [{ code: "LEDGER_MISSING" }] });
  } finally {
    await admin.query(`create database ${name}`);
  }
});

test("refuses every change of what is written, also where triggers are for replicas only", async () => {
  const ledger = await aLedger(database.url);
  await aLease(ledger);
  await ledger.journal.append(anEntry(), [{ kind: "begin", purpose: "deploy", release: aRelease() }]);
  const superuser = await database.connect();
  await superuser.query("set session_replication_role = replica");

  for (const statement of [
    "update slipway_ledger.records set record = '{}'",
    "delete from slipway_ledger.records",
    "truncate slipway_ledger.records cascade",
    "truncate slipway_ledger.commits",
    "delete from slipway_ledger.head",
    "update slipway_ledger.head set seq = 0",
    "delete from slipway_ledger.leases",
    "update slipway_ledger.leases set fence = 0",
    "truncate slipway_ledger.leases",
    "truncate slipway_ledger.deployments",
  ]) {
    const answer = await superuser.query(statement).then(() => "done", codeOf);
    expect([statement, answer]).toEqual([statement, "SL002"]);
  }
});

test("forces the commit to disk whatever the session's setting", async () => {
  await aLease(await aLedger(database.url));
  const client = await database.connect();
  await client.query("set synchronous_commit = off");
  await client.query("begin");
  await client.query("select slipway_ledger.append(gen_random_uuid(), $1, '[]')", [
    JSON.stringify(anEntry()),
  ]);
  expect((await client.query("show synchronous_commit")).rows).toEqual([{ synchronous_commit: "on" }]);
  await client.query("rollback");
});
