import type { WindowPolicy } from "../config/policy-types.ts";
import type { Instant } from "../time.ts";
import { endOf, stretchesOf, windowState } from "./window-stretches.ts";
import { firstInstant, localTime } from "./window-time.ts";

// Hours come back each week; only holidays and blackouts can close them for longer.
const DAYS_SEARCHED = 366;
const TWO_DAYS = 2 * 24 * 3_600_000;

/** The first instant from `at` on that is open, or `undefined` when none is within a year. */
export function nextOpening(policy: WindowPolicy, at: Instant): Instant | undefined {
  if (windowState(policy, at).open) return at;

  // It opens only where hours begin, where a holiday ends and where a blackout ends.
  const opens = (candidate: Instant) => candidate > at && windowState(policy, candidate).open;
  const today = localTime(at, policy.zone).toPlainDate();
  const midnight = (days: number) => firstInstant(today.add({ days }).toPlainDateTime(), policy.zone);
  const limit = midnight(DAYS_SEARCHED);
  let found = earliest(
    policy.blackouts
      .map((blackout) => endOf(blackout, policy.zone))
      .filter((end) => end < limit && opens(end)),
  );
  for (let days = 0; days < DAYS_SEARCHED; days++) {
    // What begins on a date begins within two days of its midnight, however the clocks are set.
    if (found !== undefined && midnight(days) > found + TWO_DAYS) break;

    const date = today.add({ days });
    const begins = stretchesOf(policy, date).map(({ from }) => from);
    const afterHoliday = policy.holidays.includes(date.subtract({ days: 1 }).toString());
    const candidates = afterHoliday ? [...begins, midnight(days)] : begins;
    found = earliest([found, ...candidates.filter(opens)]);
  }
  return found;
}

function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
