import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Mutation } from "../../../src/core/gates/types.ts";
import { decideRateLimit } from "../../../src/core/gates/rate-limit.ts";
import { HOUR, NOW } from "../../builders/a-gate-facts.ts";

const ONE_IN_FOUR = { deployments: 1, hours: 4 };
const mutated = (hoursAgo: number, deploymentId = `d-${hoursAgo}`): Mutation => ({
  deploymentId,
  at: NOW - hoursAgo * HOUR,
});

test("no limit is always open", () => {
  expect(decideRateLimit(undefined, [mutated(0)], NOW, undefined)).toEqual({
    gate: "rate-limit",
    reasons: [],
    rule: "no rule",
  });
});

test("one that changed the environment less than 4 hours ago closes it until they are over", () => {
  expect(decideRateLimit(ONE_IN_FOUR, [mutated(1), mutated(5)], NOW, undefined)).toEqual({
    gate: "rate-limit",
    reasons: [
      {
        says: "1 of 1 in 4 h: d-1 at 2026-11-24 15:00:00 UTC",
        opensAt: NOW + 3 * HOUR,
        action: "wait until 2026-11-24 19:00:00 UTC",
      },
    ],
    rule: "1 in 4 h",
  });
});

test("it opens exactly 4 hours after", () => {
  const reasons = (now: number) => decideRateLimit(ONE_IN_FOUR, [mutated(4)], now, undefined).reasons;
  expect(reasons(NOW - 1)).toHaveLength(1);
  expect(reasons(NOW)).toEqual([]);
});

test("it waits for as many to leave as are too many", () => {
  const two = { deployments: 2, hours: 4 };
  const mutations = [mutated(0.5), mutated(1), mutated(3)];
  expect(decideRateLimit(two, mutations, NOW, undefined).reasons[0]?.opensAt).toBe(NOW + 3 * HOUR);
  expect(decideRateLimit(two, [mutated(3)], NOW, undefined).reasons).toEqual([]);
});

test("a resumed deployment does not stand in its own way", () => {
  expect(decideRateLimit(ONE_IN_FOUR, [mutated(1, "d-own")], NOW, "d-own").reasons).toEqual([]);
  expect(decideRateLimit(ONE_IN_FOUR, [mutated(1, "d-own")], NOW, "d-other").reasons).toHaveLength(1);
});

test("one that is still to come counts, because the clock went back", () => {
  const tenYears = 10 * 365 * 24;
  expect(decideRateLimit(ONE_IN_FOUR, [mutated(-1)], NOW, undefined).reasons).toHaveLength(1);
  expect(decideRateLimit(ONE_IN_FOUR, [mutated(-tenYears)], NOW, undefined).reasons[0]?.opensAt).toBe(
    NOW + (tenYears + 4) * HOUR,
  );
  expect(decideRateLimit(ONE_IN_FOUR, [mutated(1)], NOW + tenYears * HOUR, undefined).reasons).toEqual([]);
});

test("never more deployments in any span than allowed, and never fewer, when each begins as soon as it may", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 48 }),
      fc.array(fc.integer({ min: 0, max: 12 * HOUR }), { minLength: 1, maxLength: 30 }),
      (deployments, hours, pauses) => {
        const done: Mutation[] = [];
        let now = NOW;
        for (const pause of pauses) {
          now += pause;
          const { reasons } = decideRateLimit({ deployments, hours }, done, now, undefined);
          const inSpan = done.filter(({ at }) => at > now - hours * HOUR).length;
          expect(reasons.length === 0).toBe(inSpan < deployments);
          // Closed until its own word, and not a millisecond longer.
          const begins = reasons[0]?.opensAt ?? now;
          const decide = (at: number) => decideRateLimit({ deployments, hours }, done, at, undefined).reasons;
          expect(decide(begins)).toEqual([]);
          expect(begins === now || decide(begins - 1).length === 1).toBe(true);
          now = begins;
          done.unshift({ deploymentId: `d-${done.length}`, at: now });
        }
      },
    ),
    { numRuns: 300 },
  );
});
