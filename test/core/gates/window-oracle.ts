// A second way to decide windows, to compare the first with: offsets from Intl.DateTimeFormat, arithmetic for the rest,
// and the whole calendar laid out as intervals where the code under test asks about one instant. It knows no Temporal.

import type { WindowPolicy } from "../../../src/core/config/policy-types.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST = Date.UTC(2019, 0, 1);
const LAST = Date.UTC(2043, 0, 1);
/** Shorter than the time between any two changes of a zone in these years: Morocco's are a month apart. */
const STRIDE = 5 * DAY;
const NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The instant from which a zone's clocks show another offset from UTC, in milliseconds. */
export interface Transition {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

export interface Interval {
  readonly from: number;
  readonly to: number;
}

const KNOWN = new Map<string, readonly Transition[]>();

/** Every change of a zone's offset between 2019 and 2042. */
export function transitionsOf(zone: string): readonly Transition[] {
  const known = KNOWN.get(zone);
  if (known !== undefined) return known;

  const offset = offsets(zone);
  const found: Transition[] = [];
  for (let at = FIRST; at < LAST; at += STRIDE) {
    const before = offset(at);
    const after = offset(at + STRIDE);
    if (before === after) continue;
    let [low, high] = [at, at + STRIDE];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high, before, after });
  }
  KNOWN.set(zone, found);
  return found;
}

/** What the zone's clocks show, as milliseconds since 1970 of a world without zones. */
export function wallTime(zone: string, at: number): number {
  return at + offsetAt(zone, at);
}

/** All the time that a window is open, in order; touching intervals are one. */
export function openIntervals(policy: WindowPolicy): readonly Interval[] {
  const { zone } = policy;
  const holidays = new Set(policy.holidays);
  const closed = [
    ...policy.holidays.map((date) => {
      const midnight = Date.parse(`${date}T00:00Z`);
      return { from: first(zone, midnight), to: first(zone, midnight + DAY) };
    }),
    ...policy.blackouts.map(({ from, to }) => ({
      from: first(zone, Date.parse(`${from}Z`)),
      to: last(zone, Date.parse(`${to}Z`)),
    })),
  ];

  const hours: Interval[] = [];
  for (let midnight = FIRST; midnight < LAST; midnight += DAY) {
    const date = new Date(midnight);
    if (holidays.has(date.toISOString().slice(0, 10))) continue;
    for (const { days, from, to } of policy.open) {
      if (!days.some((day) => day === NAMES[date.getUTCDay()])) continue;
      const begin = midnight + minutes(from) * MINUTE;
      const end = midnight + minutes(to) * MINUTE + (minutes(to) > minutes(from) ? 0 : DAY);
      hours.push({ from: first(zone, begin), to: last(zone, end) });
    }
  }
  return joined(closed.reduce<Interval[]>(without, joined(hours)));
}

/** Whether an instant is in one of the intervals. */
export function isWithin(intervals: readonly Interval[], at: number): boolean {
  const next = firstEndingAfter(intervals, at);
  return next !== undefined && next.from <= at;
}

/** The first instant from `at` on that is in one of the intervals. */
export function nextWithin(intervals: readonly Interval[], at: number): number | undefined {
  const next = firstEndingAfter(intervals, at);
  return next && Math.max(next.from, at);
}

function firstEndingAfter(intervals: readonly Interval[], at: number): Interval | undefined {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals[middle]?.to ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  return intervals[low];
}

function without(intervals: readonly Interval[], hole: Interval): Interval[] {
  if (hole.to <= hole.from) return [...intervals];
  return intervals.flatMap(({ from, to }) =>
    to <= hole.from || hole.to <= from
      ? [{ from, to }]
      : [
          { from, to: hole.from },
          { from: hole.to, to },
        ].filter((rest) => rest.from < rest.to),
  );
}

function joined(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const { from, to } of intervals.filter((one) => one.from < one.to).sort((a, b) => a.from - b.from)) {
    const previous = result.at(-1);
    if (previous === undefined || previous.to < from) result.push({ from, to });
    else result[result.length - 1] = { from: previous.from, to: Math.max(previous.to, to) };
  }
  return result;
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function first(zone: string, wall: number): number {
  return Math.min(...instantsOf(zone, wall));
}

function last(zone: string, wall: number): number {
  return Math.max(...instantsOf(zone, wall));
}

/** The instants at which the clocks show it; for one that they skip, the instant as far after it as they skip. */
function instantsOf(zone: string, wall: number): number[] {
  const before = offsetAt(zone, wall - 2 * DAY);
  const after = offsetAt(zone, wall + 2 * DAY);
  const fitting = [wall - before, wall - after].filter((at) => wallTime(zone, at) === wall);
  return fitting.length > 0 ? fitting : [wall - before];
}

function offsetAt(zone: string, at: number): number {
  const transitions = transitionsOf(zone);
  let [low, high] = [0, transitions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((transitions[middle]?.at ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  const previous = transitions[low - 1];
  if (previous !== undefined) return previous.after;
  return transitions[0]?.before ?? constantOffset(zone);
}

const CONSTANT = new Map<string, number>();

function constantOffset(zone: string): number {
  const known = CONSTANT.get(zone) ?? offsets(zone)(FIRST);
  CONSTANT.set(zone, known);
  return known;
}

function offsets(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (at) => {
    const whole = Math.floor(at / 1000) * 1000;
    const [month, day, year, hour, minute, second] = format.format(whole).match(/\d+/g)?.map(Number) ?? [];
    const wall = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
    return wall - whole;
  };
}
