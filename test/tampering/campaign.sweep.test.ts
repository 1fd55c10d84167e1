import { expect, test } from "vitest";
import { runCampaign } from "./campaign-run.ts";
import { TAMPERINGS } from "./tamperings.ts";

const COUNT = 1500;
const HONEST = 150;

test(`all of ${COUNT} tamperings are found and named, and none of ${HONEST} honest ledgers is accused`, () => {
  const seed = String(Date.now() % 1_000_000_000);
  process.stderr.write(`tampering campaign: seed ${seed}\n`);
  const { missed, falseAlarms, found, tried } = runCampaign(seed, COUNT, HONEST);
  expect({ missed: missed.slice(0, 3), falseAlarms: falseAlarms.slice(0, 3), found }).toEqual({
    missed: [],
    falseAlarms: [],
    found: COUNT,
  });
  for (const name of Object.keys(TAMPERINGS))
    expect([name, tried[name] ?? 0]).toEqual([name, expect.any(Number)]);
  expect(Math.min(...Object.values(tried))).toBeGreaterThan(40);
});

test("the same seed tampers in the same way", () => {
  expect(runCampaign("7", 58, 5)).toEqual(runCampaign("7", 58, 5));
});
