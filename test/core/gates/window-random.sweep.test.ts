import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OpenHours, WindowPolicy } from "../../../src/core/config/policy-types.ts";
import { nextOpening } from "../../../src/core/gates/window-opening.ts";
import { windowState } from "../../../src/core/gates/window-stretches.ts";
import { isWithin, nextWithin, openIntervals, transitionsOf, wallTime } from "./window-oracle.ts";

// Clocks that change by an hour, by half of one, by two; at night, at midnight, in the month of Ramadan; and never.
const ZONES = [
  "Africa/Cairo",
  "Africa/Casablanca",
  "America/Asuncion",
  "America/Havana",
  "America/New_York",
  "America/Nuuk",
  "America/Santiago",
  "America/St_Johns",
  "Antarctica/Troll",
  "Asia/Beirut",
  "Asia/Jerusalem",
  "Asia/Kolkata",
  "Asia/Tehran",
  "Atlantic/Azores",
  "Australia/Lord_Howe",
  "Europe/Berlin",
  "Europe/London",
  "Pacific/Chatham",
  "UTC",
];
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEARS = { from: Date.UTC(2020, 0, 1), to: Date.UTC(2041, 0, 1) };
const DAILY: OpenHours["days"] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const policy = (zone: string, open: readonly OpenHours[]): WindowPolicy => ({
  zone,
  open,
  holidays: [],
  blackouts: [],
  overrun: "finish",
});

function compare(rule: WindowPolicy, at: number, expected: boolean): void {
  if (windowState(rule, at).open !== expected) {
    throw new Error(`${JSON.stringify(rule)} at ${new Date(at).toISOString()} should be ${String(expected)}`);
  }
}

describe("an independent oracle agrees", () => {
  const RULES = 130;
  const INSTANTS = 500;

  test(`on ${RULES * INSTANTS} random instants under ${RULES} random rules in ${ZONES.length} zones`, () => {
    let decided = 0;
    fc.assert(
      fc.property(
        aRule(),
        fc.array(aPlace(), { minLength: INSTANTS, maxLength: INSTANTS }),
        (rule, places) => {
          const intervals = openIntervals(rule);
          for (const place of places) {
            const at = instantOf(place, intervals);
            compare(rule, at, isWithin(intervals, at));
            decided++;
          }
        },
      ),
      // The fault names the rule and the instant; to shrink 500 instants would take minutes.
      { numRuns: RULES, endOnFailure: true },
    );
    expect(decided).toBeGreaterThanOrEqual(RULES * INSTANTS);
  });

  test("on the next opening, random", () => {
    fc.assert(
      fc.property(aRule(), fc.array(aPlace(), { minLength: 20, maxLength: 20 }), (rule, places) => {
        const intervals = openIntervals(rule);
        const found: (number | undefined)[] = [];
        const expected: (number | undefined)[] = [];
        for (const place of places) {
          const at = instantOf(place, intervals);
          found.push(nextOpening(rule, at));
          expected.push(nextWithinAYear(rule.zone, intervals, at));
        }
        expect(found).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  // Every change of every zone's clocks, rules that begin and end in what is skipped or repeated and beside it, and
  // instants on both sides of all of that.
  const table = ZONES.flatMap((zone) =>
    transitionsOf(zone)
      .filter(({ at }) => at >= YEARS.from && at < YEARS.to)
      .map((transition) => ({ zone, ...transition })),
  );
  const OFFSETS = [0, SECOND, MINUTE, HOUR].flatMap((by) => (by === 0 ? [0] : [-by, by]));

  test(`on every instant around all ${table.length} changes of clocks from 2020 to 2040`, () => {
    const zones = new Set(table.map(({ zone }) => zone));
    expect(zones.size).toBeGreaterThanOrEqual(10);

    let decided = 0;
    for (const zone of zones) {
      const changes = table.filter((change) => change.zone === zone);
      const rules = rulesAround(changes).map((open) => policy(zone, [open]));
      for (const rule of rules) {
        const intervals = openIntervals(rule);
        for (const { at, before, after } of changes) {
          const change = Math.abs(after - before);
          for (const by of [...OFFSETS, change, -change, change / 2]) {
            compare(rule, at + by, isWithin(intervals, at + by));
            decided++;
          }
        }
      }
    }
    expect(decided).toBeGreaterThanOrEqual(35_000);
  });
});

/** It is looked for on 366 local dates, that of `at` included. */
function nextWithinAYear(zone: string, intervals: readonly { from: number; to: number }[], at: number) {
  const next = nextWithin(intervals, at);
  const today = Math.floor(wallTime(zone, at) / DAY);
  return next === undefined || wallTime(zone, next) >= (today + 366) * DAY ? undefined : next;
}

/** Hours that begin or end in the middle of what a change skips or repeats, and at its edges. */
function rulesAround(changes: readonly { at: number; before: number; after: number }[]): OpenHours[] {
  const seen = new Map<string, OpenHours>();
  for (const { at, before, after } of changes) {
    const [early, late] = [at + Math.min(before, after), at + Math.max(before, after)].map(
      (wall) => wall % DAY,
    );
    const middle = ((early ?? 0) + Math.abs(after - before) / 2) % DAY;
    const pairs: [number, number][] = [
      [middle, middle + 3 * HOUR],
      [middle - 3 * HOUR, middle],
      [early ?? 0, late ?? 0],
      [(late ?? 0) - 10 * MINUTE, middle],
    ];
    for (const [from, to] of pairs) {
      const hours = { days: DAILY, from: clock(from), to: clock(to) };
      seen.set(`${hours.from}-${hours.to}`, hours);
    }
  }
  return [...seen.values()];
}

function clock(wall: number): string {
  return new Date((wall + DAY) % DAY).toISOString().slice(11, 16);
}

/** Somewhere in the years, or beside the beginning or the end of an opening. */
interface Place {
  readonly share: number;
  readonly edge: "from" | "to" | "none";
  readonly by: number;
}

function aPlace(): fc.Arbitrary<Place> {
  return fc.record({
    share: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
    edge: fc.constantFrom("from", "to", "none"),
    by: fc.constantFrom(0, 1, -1, SECOND, -SECOND, MINUTE, -MINUTE, HOUR, -HOUR, DAY, -DAY),
  });
}

function instantOf({ share, edge, by }: Place, intervals: readonly { from: number; to: number }[]): number {
  const interval = intervals[Math.floor(share * intervals.length)];
  if (edge === "none" || interval === undefined || interval.from < YEARS.from || interval.to > YEARS.to) {
    return Math.floor(YEARS.from + share * (YEARS.to - YEARS.from)) + by;
  }
  return interval[edge] + by;
}

function aRule(): fc.Arbitrary<WindowPolicy> {
  const time = fc.integer({ min: 0, max: 1439 }).map((minute) => clock(minute * MINUTE));
  const hours = fc.record({
    days: fc.subarray([...DAILY], { minLength: 1 }),
    from: time,
    to: time,
  });
  return fc.constantFrom(...ZONES).chain((zone) => {
    // Holidays and blackouts lie beside changes of clocks rather often.
    const wall = fc.oneof(
      fc.integer({ min: YEARS.from, max: YEARS.to }),
      fc
        .constantFrom(...(transitionsOf(zone).length > 0 ? transitionsOf(zone) : [{ at: YEARS.from }]))
        .map(({ at }) => wallTime(zone, at)),
    );
    const blackout = fc
      .record({
        from: wall,
        minutes: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 900_000 })),
      })
      .map(({ from, minutes }) => ({
        from: new Date(from).toISOString().slice(0, 16),
        to: new Date(from + minutes * MINUTE).toISOString().slice(0, 16),
        reason: "random",
      }));
    return fc.record({
      zone: fc.constant(zone),
      open: fc.array(hours, { minLength: 1, maxLength: 2 }),
      holidays: fc.array(
        wall.map((at) => new Date(at).toISOString().slice(0, 10)),
        { maxLength: 6 },
      ),
      blackouts: fc.array(blackout, { maxLength: 2 }),
      overrun: fc.constant("finish" as const),
    });
  });
}
