import { beforeEach, expect, test } from "vitest";
import { SlipwayError } from "../../../src/core/errors.ts";
import type { SeedsToKeep } from "../../../src/core/seed/types.ts";
import { useDatabase } from "../../support/postgres.ts";
import { cuttingProxy, type Cut } from "./a-cutting-proxy.ts";
import { seedFiles, someSeeds } from "./some-seeds.ts";

const database = useDatabase();
const run = { keep: true, signal: new AbortController().signal };
const FILES = seedFiles("insert into t values (1) on conflict do nothing");

beforeEach(async () => {
  await (await database.connect()).query("create table t (id int primary key)");
});

async function applyThrough(cut: Cut) {
  const seeding = await someSeeds(await cuttingProxy(database.url, cut));
  return seeding.apply(FILES, run);
}

async function rows(): Promise<number> {
  return (await (await database.connect()).query("select from t")).rowCount ?? 0;
}

test("a commit whose answer was lost has happened, and is told as done", async () => {
  expect(await applyThrough("answer lost")).toMatchObject({
    kind: "applied",
    files: [{ wrote: [{ table: "public.t", inserted: 1 }] }],
  });
  expect(await rows()).toBe(1);
});

test("what is about to be kept is said before the commit, and the server knows later whether it was", async () => {
  const seeding = await someSeeds(database.url);
  const told: SeedsToKeep[] = [];
  const keeping = async (seeds: SeedsToKeep) => void told.push(seeds);
  const outcome = await seeding.apply(FILES, { ...run, keeping });
  expect(told).toEqual([
    { transaction: expect.any(String) as string, files: outcome.kind === "applied" ? outcome.files : [] },
  ]);
  expect(await seeding.wasKept(told[0]?.transaction ?? "")).toBe(true);
  // Nothing is to be kept now.
  await seeding.apply(FILES, { ...run, keeping });
  expect(told).toHaveLength(1);
});

test("what must not be kept in the end is undone, and the server knows that too", async () => {
  const seeding = await someSeeds(database.url);
  const problem = { code: "LEASE_LOST", at: "slipway_ledger", says: "lost", hint: "" };
  let transaction = "";
  const keeping = async (seeds: SeedsToKeep) => {
    transaction = seeds.transaction;
    throw new SlipwayError(problem, "leaseHeld");
  };
  expect(await seeding.apply(FILES, { ...run, keeping })).toEqual({ kind: "failed", problem });
  expect(await rows()).toBe(0);
  expect(await seeding.wasKept(transaction)).toBe(false);
});

test("a commit that never arrived has not, and is told as lost", async () => {
  expect(await applyThrough("never sent")).toMatchObject({
    kind: "failed",
    problem: { code: "SEED_CONNECTION_LOST" },
  });
  expect(await rows()).toBe(0);
});

test("when the server cannot be asked, the outcome is unknown", async () => {
  await expect(applyThrough("server gone")).rejects.toMatchObject({
    exit: "outcomeUnknown",
    problems: [{ code: "SEED_OUTCOME_UNKNOWN" }],
  });
});
