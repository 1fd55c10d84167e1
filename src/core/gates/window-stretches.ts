import { Temporal } from "temporal-polyfill";
import type { Blackout, OpenHours, WindowPolicy } from "../config/policy-types.ts";
import type { Instant } from "../time.ts";
import { firstInstant, lastInstant, localTime, weekdayOf } from "./window-time.ts";

/** One opening: unbroken, from the first time the clocks show `from` to the last time they show `to`, which is outside. */
export interface Stretch {
  /** Local date on which it begins. */
  readonly date: Temporal.PlainDate;
  readonly hours: OpenHours;
  readonly from: Instant;
  readonly to: Instant;
}

/** What the hours, the holidays and the blackouts say about one instant. */
export interface WindowState {
  readonly open: boolean;
  /** Stretches of the hours that contain it, those which began on a holiday included. */
  readonly stretches: readonly Stretch[];
  /** Local dates that are holidays: the day itself, and the day on which each stretch began. */
  readonly holidays: readonly string[];
  readonly blackouts: readonly Blackout[];
}

/** What a window says about an instant. It is open in a stretch that began on no holiday, on no holiday, in no blackout. */
export function windowState(policy: WindowPolicy, at: Instant): WindowState {
  const today = localTime(at, policy.zone).toPlainDate();
  const stretches = datesAround(today)
    .flatMap((date) => stretchesOf(policy, date))
    .filter(({ from, to }) => from <= at && at < to);
  const blackouts = policy.blackouts.filter((blackout) => isIn(blackout, at, policy.zone));

  const isHoliday = (date: string) => policy.holidays.includes(date);
  const days = [today.toString(), ...stretches.map(({ date }) => date.toString())];
  const open =
    blackouts.length === 0 &&
    !isHoliday(today.toString()) &&
    stretches.some(({ date }) => !isHoliday(date.toString()));
  return { open, stretches, holidays: [...new Set(days.filter(isHoliday))], blackouts };
}

/** The openings that begin on a local date, holidays and blackouts left aside. */
export function stretchesOf(policy: WindowPolicy, date: Temporal.PlainDate): Stretch[] {
  const weekday = weekdayOf(date);
  return policy.open
    .filter(({ days }) => days.includes(weekday))
    .map((hours) => {
      const last = hours.to > hours.from ? date : date.add({ days: 1 });
      return {
        date,
        hours,
        from: firstInstant(date.toPlainDateTime(hours.from), policy.zone),
        to: lastInstant(last.toPlainDateTime(hours.to), policy.zone),
      };
    });
}

/** When a blackout ends: the last time that the clocks show its `to`. */
export function endOf(blackout: Blackout, zone: string): Instant {
  return lastInstant(Temporal.PlainDateTime.from(blackout.to), zone);
}

function isIn(blackout: Blackout, at: Instant, zone: string): boolean {
  return firstInstant(Temporal.PlainDateTime.from(blackout.from), zone) <= at && at < endOf(blackout, zone);
}

// A stretch is a day long at most and a skipped time moves its end into the day after; clocks set back over midnight
// can show the day before its first.
function datesAround(today: Temporal.PlainDate): Temporal.PlainDate[] {
  return [-2, -1, 0, 1].map((days) => today.add({ days }));
}
