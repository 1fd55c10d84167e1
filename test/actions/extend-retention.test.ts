import { expect, test } from "vitest";
import { extendRetention, type RetentionPorts } from "../../src/actions/extend-retention.ts";
import type { StepName } from "../../src/core/deployment/types.ts";
import type { JournalRecord } from "../../src/ports/journal.ts";
import { aRelease } from "../builders/a-release.ts";
import { FakeAnchor } from "../fakes/fake-anchor.ts";

const LOG = "ledger-1";
const NOW = "2026-11-21T12:00:00.000Z";
const SEVEN_YEARS_ON = "2033-11-21T12:00:00.000Z";

function aRecord(seq: number, step: StepName, phase: "intent" | "outcome" = "outcome"): JournalRecord {
  const common = { app: "diary", env: "production", type: "step", attempt: 1, fence: 1, actor: "a" } as const;
  return { ...common, seq, step, phase, outcome: undefined, at: NOW, deploymentId: "d-1", data: {} };
}

/** A release runs in production since record 8; checkpoints of 4, 9 and 20 records are kept. */
async function aWorld(at = "2026-01-01T00:00:00Z") {
  const anchor = new FakeAnchor("fake:one");
  for (const size of [4, 9, 20]) await anchor.keep({ log: LOG, size, note: `note ${size}` }, at);
  const known = { deploymentId: "d-1", purpose: "deploy", release: aRelease(), revisions: {}, at } as const;
  const ports: RetentionPorts = {
    anchors: [anchor],
    history: { log: () => Promise.resolve(LOG) },
    releases: {
      lastKnownGood: (_app, env) => Promise.resolve(env === "production" ? known : undefined),
    },
    journal: {
      records: () =>
        Promise.resolve([aRecord(7, "commit", "intent"), aRecord(8, "commit"), aRecord(11, "anchor")]),
    },
    gatekeeping: { now: () => Promise.resolve(Date.parse(NOW)) },
  };
  const wish = { app: "diary", environments: ["production", "empty"], years: 7 };
  return { anchor, ports, wish };
}

const extendedIn = { environment: "production", deploymentId: "d-1", until: SEVEN_YEARS_ON };

test("holds what covers a running release's records for seven years from now, and nothing else", async () => {
  const { anchor, ports, wish } = await aWorld();
  expect(await extendRetention(wish, ports)).toEqual({
    extended: [
      { ...extendedIn, what: 9, place: "fake:one" },
      { ...extendedIn, what: 20, place: "fake:one" },
    ],
    problems: [],
  });
  expect(Object.fromEntries(anchor.heldUntil)).toEqual({
    "ledger-1#4": "2026-01-01T00:00:00Z",
    "ledger-1#9": SEVEN_YEARS_ON,
    "ledger-1#20": SEVEN_YEARS_ON,
  });
});

test("holds the list of known good releases as it is", async () => {
  const { anchor, ports, wish } = await aWorld();
  await anchor.putDocument("known-good/diary/production", "list", NOW);
  const { extended } = await extendRetention(wish, ports);
  expect(extended.at(-1)).toEqual({ ...extendedIn, what: "known-good/diary/production", place: "fake:one" });
  expect(anchor.heldUntil.get("known-good/diary/production#1")).toBe(SEVEN_YEARS_ON);
  expect(anchor.documents).toHaveLength(1);
});

test("never moves a date back, also when the database's clock is behind", async () => {
  const { anchor, ports, wish } = await aWorld("2027-01-01T00:00:00Z");
  await extendRetention(wish, ports);
  expect(anchor.heldUntil.get("ledger-1#9")).toBe("2034-01-01T00:00:00Z");
  const earlier = { now: () => Promise.resolve(Date.parse("2020-01-01T00:00:00Z")) };
  await extendRetention(wish, { ...ports, gatekeeping: earlier });
  expect(anchor.heldUntil.get("ledger-1#9")).toBe("2034-01-01T00:00:00Z");
});

test("tells of an anchor that lacks the checkpoint, and of one that is down, and extends at the others", async () => {
  const { anchor, ports, wish } = await aWorld();
  const empty = new FakeAnchor("fake:two");
  const down = new FakeAnchor("fake:three");
  down.fault = "ANCHOR_UNREACHABLE";
  const { extended, problems } = await extendRetention(wish, { ...ports, anchors: [down, empty, anchor] });
  expect(extended.map(({ what, place }) => [what, place])).toEqual([
    [9, "fake:one"],
    [20, "fake:one"],
  ]);
  expect(problems.map(({ code, at, says }) => [code, at, says])).toEqual([
    ["ANCHOR_UNREACHABLE", "fake:three", "the test wants it so"],
    [
      "ANCHOR_LACKS_CHECKPOINT",
      "fake:two",
      "no checkpoint there covers record 8 of d-1, which runs in production",
    ],
  ]);
});
