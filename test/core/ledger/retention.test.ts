import * as fc from "fast-check";
import { expect, test } from "vitest";
import { laterOf, retainUntil, secondAfter } from "../../../src/core/ledger/retention.ts";
import { yearsLater } from "./years-later.ts";

test.each([
  ["2026-11-21T03:19:04Z", undefined, 7, "2033-11-21T03:19:04Z"],
  ["2026-11-21T03:19:04.123456Z", undefined, 7, "2033-11-21T03:19:04.123456Z"],
  ["2026-11-21T03:19:04Z", "2029-01-31T23:59:59Z", 7, "2036-01-31T23:59:59Z"],
  ["2026-11-21T03:19:04Z", "2020-01-01T00:00:00Z", 7, "2033-11-21T03:19:04Z"],
  ["2024-02-29T12:00:00Z", undefined, 7, "2031-03-01T12:00:00Z"],
  ["2024-02-29T12:00:00Z", undefined, 8, "2032-02-29T12:00:00Z"],
  ["2096-02-29T00:00:00Z", undefined, 4, "2100-03-01T00:00:00Z"],
  ["2024-02-28T23:59:59Z", undefined, 7, "2031-02-28T23:59:59Z"],
  ["2025-12-31T23:59:59.999Z", undefined, 7, "2032-12-31T23:59:59.999Z"],
  ["2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z", 7, "2031-03-01T00:00:00Z"],
  ["2024-02-29T12:00:00Z", "2024-03-01T06:00:00Z", 7, "2031-03-01T12:00:00Z"],
])("made %s, last in effect %s: %i years end %s", (created, lastInEffect, years, until) => {
  expect(retainUntil(created, lastInEffect, years)).toBe(until);
});

test("of two times the later one is told to the last digit", () => {
  expect(laterOf("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z")).toBe("2026-01-01T00:00:00.000001Z");
  expect(laterOf("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.45Z")).toBe("2026-01-01T00:00:00.5Z");
  expect(laterOf("2026-01-01T00:00:00.500Z", "2026-01-01T00:00:00.5Z")).toBe("2026-01-01T00:00:00.500Z");
  expect(laterOf("2026-01-02T00:00:00Z", "2026-01-01T23:59:59.9Z")).toBe("2026-01-02T00:00:00Z");
});

test("a place that keeps whole seconds keeps the next one", () => {
  expect(secondAfter("2026-01-01T00:00:00Z")).toBe(Date.UTC(2026, 0, 1));
  expect(secondAfter("2026-01-01T00:00:00.000Z")).toBe(Date.UTC(2026, 0, 1));
  expect(secondAfter("2026-12-31T23:59:59.000001Z")).toBe(Date.UTC(2027, 0, 1));
});

test.each(["", "2026-01-01", "2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00", "infinity", "x".repeat(99)])(
  "%j is no time",
  (time) => {
    expect(() => retainUntil(time, undefined, 7)).toThrow("is no time in UTC");
  },
);

const FIRST = Date.UTC(2020, 0, 1);
const SPAN = Date.UTC(2060, 0, 1) - FIRST;

test("it ends exactly so many years later, whichever of both times is the later", () => {
  const times = fc.date({ min: new Date(FIRST), max: new Date(FIRST + SPAN), noInvalidDate: true });
  fc.assert(
    fc.property(times, fc.option(times), fc.integer({ min: 1, max: 100 }), (created, inEffect, years) => {
      const until = retainUntil(created.toISOString(), inEffect?.toISOString(), years);
      const ends = [created, inEffect ?? created].map((time) => yearsLater(time.getTime(), years));
      expect(until).toBe(new Date(Math.max(...ends)).toISOString());
    }),
    { numRuns: 2000 },
  );
});
