import { Temporal } from "temporal-polyfill";
import type { Instant } from "../time.ts";

// The only file that knows how local times and instants belong together.

/** Whether it is the name of an IANA time zone. A mere offset such as `+01:00` is none: it knows no summer time. */
export function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  return holds(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name));
}

/** Whether it is a day of the calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && holds(() => Temporal.PlainDate.from(text, { overflow: "reject" }));
}

/** Whether it is a local time of the calendar, `YYYY-MM-DDTHH:MM`. */
export function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false;
  return holds(() => Temporal.PlainDateTime.from(text, { overflow: "reject" }));
}

/** The first instant at which the zone's clocks show the time. One that they skip is moved on by what they skip. */
export function firstInstant(local: Temporal.PlainDateTime, zone: string): Instant {
  return local.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
}

/** The last instant at which the zone's clocks show the time. One that they skip is moved on by what they skip. */
export function lastInstant(local: Temporal.PlainDateTime, zone: string): Instant {
  return local.toZonedDateTime(zone, { disambiguation: "later" }).epochMilliseconds;
}

/** What a zone's clocks and calendars show. */
export function localTime(at: Instant, zone: string): Temporal.ZonedDateTime {
  // A fraction of a millisecond is no instant to Temporal.
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone);
}

/** `2026-11-23 14:00:00 UTC`, to the second that has begun. */
export function utcText(at: Instant): string {
  const local = localTime(at, "UTC");
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: "second" })} UTC`;
}

/** `mon 2026-11-23 09:00 in America/New_York`. */
export function zoneText(at: Instant, zone: string): string {
  const local = localTime(at, zone);
  const minute = local.toPlainTime().toString({ smallestUnit: "minute" });
  return `${weekdayOf(local)} ${local.toPlainDate().toString()} ${minute} in ${zone}`;
}

/** The days of the week, the first of ISO 8601 first. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** The weekday of a date. */
export function weekdayOf(date: { readonly dayOfWeek: number }): (typeof WEEKDAYS)[number] {
  return WEEKDAYS[date.dayOfWeek - 1] ?? "mon";
}

function holds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
