import { beforeEach, expect, test } from "vitest";
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
