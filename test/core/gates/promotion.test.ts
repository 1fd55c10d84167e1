import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KnownGood } from "../../../src/core/deployment/types.ts";
import { decidePromotion } from "../../../src/core/gates/promotion.ts";
import { releaseDifferences } from "../../../src/core/gates/release-differences.ts";
import type { Release } from "../../../src/core/release/types.ts";
import { aCommit, HOUR, NOW } from "../../builders/a-gate-facts.ts";
import { aRelease } from "../../builders/a-release.ts";

const POLICY = { from: "staging", withinHours: 24 };
const RELEASE = aRelease(1);
const hoursAgo = (hours: number) => new Date(NOW - hours * HOUR).toISOString();
const says = (earlier: readonly KnownGood[], release = RELEASE) =>
  decidePromotion(POLICY, release, earlier, NOW).reasons.map((reason) => reason.says);

test("no rule is always open", () => {
  expect(decidePromotion(undefined, RELEASE, [], NOW)).toEqual({
    gate: "promotion",
    reasons: [],
    rule: "no rule",
  });
});

test("a release that staging has had within a day may go on", () => {
  expect(decidePromotion(POLICY, RELEASE, [aCommit()], NOW)).toEqual({
    gate: "promotion",
    reasons: [],
    rule: "passed staging within 24 h",
  });
});

test("one that staging has not had is told where to go first", () => {
  expect(decidePromotion(POLICY, RELEASE, [aCommit({ release: aRelease(2) })], NOW).reasons).toEqual([
    {
      says: "staging has not had sha-1a2b3c4-20260131-120001",
      opensAt: undefined,
      action: "deploy sha-1a2b3c4-20260131-120001 to staging first",
    },
  ]);
});

test("a day is a day to the millisecond", () => {
  expect(says([aCommit({ at: hoursAgo(24) })])).toEqual([]);
  expect(says([aCommit({ at: new Date(NOW - 24 * HOUR - 1).toISOString() })])).toEqual([
    "it passed staging at 2026-11-23 15:59:59 UTC, more than 24 h ago",
  ]);
});

test("a time to come or of no form is no proof", () => {
  expect(says([aCommit({ at: hoursAgo(-1) })])).toEqual([
    "it passed staging at 2026-11-24T17:00:00.000Z, which is still to come at 2026-11-24 16:00:00 UTC",
  ]);
  expect(says([aCommit({ at: "yesterday" })])).toHaveLength(1);
});

describe("only the very release counts", () => {
  const different: [string, Partial<Release>, string][] = [
    ["another config", { configSha256: "d".repeat(64) }, "the config"],
    ["another digest", { components: aRelease(2).components }, "the digest of api"],
    ["a component less", { components: {} }, "the digest of api"],
    ["no migrations", { migrations: [] }, "the migration 0001_entries.up.sql"],
    [
      "an edited migration",
      { migrations: [{ file: "0001_entries.up.sql", sha256: "b".repeat(64) }] },
      "the migration 0001_entries.up.sql",
    ],
    [
      "a migration of another phase",
      { migrations: [{ file: "0001_entries.up.sql", sha256: "a".repeat(64), phase: "contract" }] },
      "the migration 0001_entries.up.sql",
    ],
    ["another app", { app: "ledger" }, "the app"],
  ];

  test.each(different)("staging had it with %s", (_what, changes, difference) => {
    expect(says([aCommit({ release: aRelease(1, changes) })])).toEqual([
      `staging has not had ${RELEASE.id} as it is now: it differs in ${difference}`,
    ]);
  });

  test("whatever its id, date, registry and the order of its migrations", () => {
    const two = [
      { file: "0001_a.up.sql", sha256: "a".repeat(64) },
      { file: "0002_b.up.sql", sha256: "b".repeat(64), phase: "expand" },
    ] as const;
    const release = aRelease(1, { migrations: two });
    const [first, { file, sha256 }] = two;
    const api = release.components["api"];
    if (api === undefined) throw new Error("the builder's release has no api");
    const other = {
      id: "sha-other",
      createdAt: "2020-01-01T00:00:00Z",
      migrations: [{ file, sha256 }, first],
      components: { api: { ...api, image: `example.com/api@${api.digest}` } },
    };
    expect(says([aCommit({ release: { ...release, ...other } })], release)).toEqual([]);
  });
});

describe("rollbacks in the earlier environment", () => {
  const away = aCommit({
    deploymentId: "d-away",
    purpose: "rollback",
    release: aRelease(2),
    at: hoursAgo(1),
  });

  test("one to the release proves nothing new", () => {
    expect(says([aCommit({ purpose: "rollback" })])).toEqual([
      "staging has not had sha-1a2b3c4-20260131-120001: it was only rolled back to",
    ]);
  });

  test("one away from the release takes the proof back", () => {
    expect(says([away, aCommit()])).toEqual([
      `staging was rolled back from sha-1a2b3c4-20260131-120001 (d-away, ${hoursAgo(1)})`,
    ]);
  });

  test("until it is deployed again", () => {
    expect(says([aCommit({ at: hoursAgo(0.5) }), away, aCommit()])).toEqual([]);
  });

  test("one from a later release back to it leaves the proof alone", () => {
    const later = aCommit({ release: aRelease(3), at: hoursAgo(2) });
    const back = aCommit({ purpose: "rollback", at: hoursAgo(1) });
    expect(says([back, later, aCommit()])).toEqual([]);
    expect(says([{ ...away, at: hoursAgo(0.5) }, back, later, aCommit()])).toHaveLength(1);
  });

  test("one away from another release leaves the proof alone", () => {
    const later = aCommit({ release: aRelease(3), at: hoursAgo(2) });
    expect(says([away, later, aCommit()])).toEqual([]);
  });
});

test("among random histories it is open only where a deployment of the very release is recent and was not undone", () => {
  const commit = fc.record({
    n: fc.constantFrom(1, 2, 3),
    purpose: fc.constantFrom("deploy" as const, "rollback" as const),
    age: fc.integer({ min: -2 * HOUR, max: 48 * HOUR }),
  });
  let open = 0;
  fc.assert(
    fc.property(fc.array(commit, { maxLength: 8 }), (commits) => {
      const newestFirst = commits.toSorted((a, b) => a.age - b.age);
      // Told forwards in time: whether it is proven, and by when.
      let provenAge: number | undefined;
      let running: number | undefined;
      for (const { n, purpose, age } of newestFirst.toReversed()) {
        if (n === 1 && purpose === "deploy") provenAge = age;
        if (n !== 1 && purpose === "rollback" && running === 1) provenAge = undefined;
        running = n;
      }
      const expected = provenAge !== undefined && provenAge >= 0 && provenAge <= 24 * HOUR;
      const earlier = newestFirst.map(({ n, purpose, age }, index) =>
        aCommit({
          deploymentId: `d-${index}`,
          purpose,
          release: aRelease(n),
          at: new Date(NOW - age).toISOString(),
        }),
      );
      expect(says(earlier).length === 0).toBe(expected);
      if (expected) open++;
    }),
    { numRuns: 1000 },
  );
  expect(open).toBeGreaterThan(50);
});

test("a release does not differ from itself, and differences go both ways", () => {
  expect(releaseDifferences(RELEASE, aRelease(1))).toEqual([]);
  expect(releaseDifferences(RELEASE, aRelease(2, { migrations: [] }))).toEqual(
    releaseDifferences(aRelease(2, { migrations: [] }), RELEASE),
  );
});
