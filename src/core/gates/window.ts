import type { OpenHours, Weekday, WindowPolicy } from "../config/policy-types.ts";
import type { Instant } from "../time.ts";
import type { GateDecision, GateReason } from "./types.ts";
import { waitUntil } from "./wait-until.ts";
import { nextOpening } from "./window-opening.ts";
import { windowState, type WindowState } from "./window-stretches.ts";
import { localTime, WEEKDAYS, zoneText } from "./window-time.ts";

/** Whether a deployment may begin now, by the environment's deployment window. */
export function decideWindow(policy: WindowPolicy | undefined, now: Instant): GateDecision {
  if (policy === undefined) return { gate: "window", reasons: [], rule: "no rule" };

  const state = windowState(policy, now);
  if (state.open) return { gate: "window", reasons: [], rule: openRule(policy, state) };

  const opensAt = nextOpening(policy, now);
  const action =
    opensAt === undefined
      ? "it opens at no time within a year: change the environment's windows"
      : waitUntil(opensAt, policy.zone);
  const reasons = closures(policy, state, now).map((says): GateReason => ({ says, opensAt, action }));
  return { gate: "window", reasons, rule: closedRule(policy, state) };
}

/** `mon-thu 09:00-15:00`. */
export function hoursText({ days, from, to }: OpenHours): string {
  return `${daysText(days)} ${from}-${to}`;
}

function closures(policy: WindowPolicy, { stretches, holidays, blackouts }: WindowState, now: Instant) {
  const today = localTime(now, policy.zone).toPlainDate().toString();
  return [
    ...blackouts.map(({ from, to, reason }) => `there is a blackout from ${from} to ${to}: ${reason}`),
    ...holidays.map((date) =>
      date === today ? `${date} is a holiday` : `these hours began on ${date}, a holiday`,
    ),
    ...(stretches.length === 0
      ? [`it is ${zoneText(now, policy.zone)}; open are ${policy.open.map(hoursText).join(" and ")}`]
      : []),
  ];
}

function openRule({ zone, holidays }: WindowPolicy, { stretches }: WindowState): string {
  const counting = stretches.filter(({ date }) => !holidays.includes(date.toString()));
  return `${counting.map(({ hours }) => hoursText(hours)).join(" and ")} ${zone}`;
}

/** What beats all else: a blackout, then a holiday, then the hours. */
function closedRule({ open, zone }: WindowPolicy, { holidays, blackouts }: WindowState): string {
  const [blackout] = blackouts;
  if (blackout !== undefined) return `blackout ${blackout.from} to ${blackout.to} ${zone}`;
  const [holiday] = holidays;
  return holiday === undefined
    ? `${open.map(hoursText).join(" and ")} ${zone}`
    : `holiday ${holiday} ${zone}`;
}

/** Three or more in a row as a range: "mon-thu", "mon,wed,fri". */
function daysText(days: readonly Weekday[]): string {
  const rows: Weekday[][] = [];
  for (const day of WEEKDAYS.filter((day) => days.includes(day))) {
    const row = rows.at(-1);
    const before = WEEKDAYS[WEEKDAYS.indexOf(day) - 1];
    if (row !== undefined && row.at(-1) === before) row.push(day);
    else rows.push([day]);
  }
  return rows.map((row) => (row.length > 2 ? `${row[0]}-${row.at(-1)}` : row.join(","))).join(",");
}
