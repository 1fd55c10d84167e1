import { SlipwayError } from "../errors.ts";
import type { Instant } from "../time.ts";

const RFC_3339 = /^(\d{4})(-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/;

/**
 * Until when a record must be kept: so many years after it was made or after it was last in effect, whichever is later
 * (45 CFR 164.316(b)(2)(i) asks for six). Times are RFC 3339 in UTC. What would end on a 29 February that the year does
 * not have ends on the first of March. Throws TIME_UNREADABLE (exit 70).
 *
 * @param lastInEffect undefined: it never was
 */
export function retainUntil(created: string, lastInEffect: string | undefined, years: number): string {
  const end = yearsAfter(created, years);
  // Of the ends, not of the beginnings: a 29 February at noon ends after the morning of the first of March does.
  return lastInEffect === undefined ? end : laterOf(end, yearsAfter(lastInEffect, years));
}

/** The later of two times, as a date of retention may move. RFC 3339 in UTC, to the last digit. */
export function laterOf(a: string, b: string): string {
  return inOrder(a) >= inOrder(b) ? a : b;
}

/** The first whole second that is not before a time. RFC 3339 in UTC. */
export function secondAfter(time: string): Instant {
  const { year, day, clock, fraction } = read(time);
  const second = Date.parse(`${String(year).padStart(4, "0")}${day}T${clock}Z`);
  return second + (/[1-9]/.test(fraction) ? 1000 : 0);
}

function yearsAfter(time: string, years: number): string {
  const { year, day, clock, fraction } = read(time);
  const end = year + years;
  const date = day === "-02-29" && !isLeap(end) ? "-03-01" : day;
  return `${String(end).padStart(4, "0")}${date}T${clock}${fraction === "" ? "" : `.${fraction}`}Z`;
}

// Every part has the same number of digits, so texts compare as times do; a fraction's last zeros say nothing.
function inOrder(time: string): string {
  const { year, day, clock, fraction } = read(time);
  return `${String(year).padStart(4, "0")}${day}T${clock}.${fraction.replace(/0+$/, "")}`;
}

function read(time: string) {
  const [, year, day, clock, fraction = ""] = RFC_3339.exec(time) ?? [];
  if (year !== undefined && day !== undefined && clock !== undefined)
    return { year: Number(year), day, clock, fraction };
  throw new SlipwayError(
    {
      code: "TIME_UNREADABLE",
      at: "ledger/retention",
      says: `${JSON.stringify(time.slice(0, 40))} is no time in UTC as RFC 3339 writes it`,
      hint: "report this: every time of a record is written by Slipway itself",
    },
    "bug",
  );
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
