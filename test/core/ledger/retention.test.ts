import * as fc from "fast-check";
import { expect, test } from "vitest";
import { laterOf, retainUntil, secondAfter } from "../../../src/core/ledger/retention.ts";

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

const YEARS = 7;
const FIRST = Date.UTC(2020, 0, 1);
const SPAN = Date.UTC(2060, 0, 1) - FIRST;

/** So many years later by the calendar of the language, which carries what a month does not have into the next. */
function yearsLater(instant: number, years: number): number {
  const date = new Date(instant);
  return date.setUTCFullYear(date.getUTCFullYear() + years);
}

/** Numbers that look random and are the same in every run with the same seed (xorshift, Marsaglia 2003). */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed | 1; ;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield (state >>> 0) / 2 ** 32;
  }
}

test("over a million objects with lives of their own, none ends too early and no date moves back", () => {
  const random = draws(20_261_121);
  const draw = () => random.next().value;
  const text = (instant: number) => new Date(instant).toISOString();
  let objects = 0;
  let early = 0;
  let shortened = 0;
  while (objects < 1_000_000) {
    objects++;
    // Days in a row, so that each 29 February comes up about seventy times.
    const created = Math.floor(FIRST + draw() * SPAN);
    let inEffect = created;
    let held = retainUntil(text(created), undefined, YEARS);
    for (let extension = Math.floor(draw() * 3); extension > 0; extension--) {
      // A clock may also have gone back.
      inEffect += Math.floor((draw() - 0.1) * 3e10);
      const next = laterOf(held, retainUntil(text(created), text(inEffect), YEARS));
      if (secondAfter(next) < secondAfter(held)) shortened++;
      held = next;
      if (secondAfter(held) < yearsLater(inEffect, YEARS)) early++;
    }
    if (secondAfter(held) < yearsLater(created, YEARS)) early++;
  }
  expect({ objects, early, shortened }).toEqual({ objects: 1_000_000, early: 0, shortened: 0 });
}, 60_000);

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
