import { describe, expect, test } from "vitest";
import type { WindowPolicy } from "../../../src/core/config/policy-types.ts";
import { decideWindow } from "../../../src/core/gates/window.ts";
import { aWindow } from "../../builders/a-gate-facts.ts";

const says = (policy: WindowPolicy | undefined, now: string) => {
  const { reasons, rule } = decideWindow(policy, Date.parse(now));
  return {
    rule,
    reasons: reasons.map((reason) => reason.says),
    opensAt: reasons.map(({ opensAt }) =>
      opensAt === undefined ? undefined : new Date(opensAt).toISOString(),
    ),
  };
};
const open = (policy: WindowPolicy, now: string) => says(policy, now).reasons.length === 0;
const DAILY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const daily = (from: string, to: string, zone = "America/New_York") =>
  aWindow({ zone, open: [{ days: DAILY, from, to }] });

test("no window is always open", () => {
  expect(says(undefined, "2026-11-28T03:00:00Z")).toEqual({ rule: "no rule", reasons: [], opensAt: [] });
});

describe("production's default", () => {
  test.each([
    ["2026-11-24T13:59:59.999Z", false],
    ["2026-11-24T14:00:00Z", true],
    ["2026-11-24T19:59:59.999Z", true],
    ["2026-11-24T20:00:00Z", false],
    // In summer New York is an hour nearer to UTC.
    ["2026-07-14T13:00:00Z", true],
    ["2026-07-14T19:00:00Z", false],
    // A Friday.
    ["2026-11-27T16:00:00Z", false],
  ])("at %s: open is %s", (now, expected) => {
    expect(open(aWindow(), now)).toBe(expected);
  });

  test("tells which rule let it in", () => {
    expect(says(aWindow(), "2026-11-24T16:00:00Z")).toEqual({
      rule: "mon-thu 09:00-15:00 America/New_York",
      reasons: [],
      opensAt: [],
    });
  });

  test("tells on a Friday evening that it opens on Monday", () => {
    expect(decideWindow(aWindow(), Date.parse("2026-11-27T21:30:00Z"))).toEqual({
      gate: "window",
      rule: "mon-thu 09:00-15:00 America/New_York",
      reasons: [
        {
          says: "it is fri 2026-11-27 16:30 in America/New_York; open are mon-thu 09:00-15:00",
          opensAt: Date.parse("2026-11-30T14:00:00Z"),
          action: "wait until 2026-11-30 14:00:00 UTC, mon 2026-11-30 09:00 in America/New_York",
        },
      ],
    });
  });
});

describe("holidays and blackouts", () => {
  const thanksgiving = aWindow({ holidays: ["2026-11-26"] });

  test("a holiday closes the whole local day", () => {
    expect(says(thanksgiving, "2026-11-26T16:00:00Z")).toEqual({
      rule: "holiday 2026-11-26 America/New_York",
      reasons: ["2026-11-26 is a holiday"],
      opensAt: ["2026-11-30T14:00:00.000Z"],
    });
  });

  test("hours that begin on a holiday do not take place, not even after midnight", () => {
    const nights = { ...daily("22:00", "04:00"), holidays: ["2026-11-26"] };
    expect(says(nights, "2026-11-27T06:00:00Z")).toEqual({
      rule: "holiday 2026-11-26 America/New_York",
      reasons: ["these hours began on 2026-11-26, a holiday"],
      opensAt: ["2026-11-28T03:00:00.000Z"],
    });
  });

  test("hours that reach into a holiday end at its midnight", () => {
    const nights = { ...daily("22:00", "04:00"), holidays: ["2026-11-26"] };
    expect(open(nights, "2026-11-26T04:59:59Z")).toBe(true);
    expect(open(nights, "2026-11-26T05:00:00Z")).toBe(false);
  });

  test("every reason is told at once, and when all of them are over", () => {
    const frozen = aWindow({
      holidays: ["2026-12-25"],
      blackouts: [
        { from: "2026-12-19T00:00", to: "2027-01-02T00:00", reason: "year's end" },
        { from: "2026-12-25T08:00", to: "2027-01-04T12:00", reason: "audit" },
      ],
    });
    expect(says(frozen, "2026-12-25T14:30:00Z")).toEqual({
      rule: "blackout 2026-12-19T00:00 to 2027-01-02T00:00 America/New_York",
      reasons: [
        "there is a blackout from 2026-12-19T00:00 to 2027-01-02T00:00: year's end",
        "there is a blackout from 2026-12-25T08:00 to 2027-01-04T12:00: audit",
        "2026-12-25 is a holiday",
        "it is fri 2026-12-25 09:30 in America/New_York; open are mon-thu 09:00-15:00",
      ],
      opensAt: Array<string>(4).fill("2027-01-04T17:00:00.000Z"),
    });
  });

  test("a window that opens at no time within a year says so", () => {
    const never = aWindow({ blackouts: [{ from: "2026-01-01T00:00", to: "2030-01-01T00:00", reason: "x" }] });
    expect(decideWindow(never, Date.parse("2026-11-24T16:00:00Z")).reasons).toEqual([
      {
        says: "there is a blackout from 2026-01-01T00:00 to 2030-01-01T00:00: x",
        opensAt: undefined,
        action: "it opens at no time within a year: change the environment's windows",
      },
    ]);
  });
});

describe("hours over midnight belong to the day on which they begin", () => {
  const fridayNight = aWindow({ open: [{ days: ["fri"], from: "22:00", to: "02:00" }] });

  test.each([
    ["2026-11-28T02:59:59Z", false],
    ["2026-11-28T03:00:00Z", true],
    ["2026-11-28T06:59:59Z", true],
    ["2026-11-28T07:00:00Z", false],
    ["2026-11-27T05:30:00Z", false],
  ])("at %s: open is %s", (now, expected) => {
    expect(open(fridayNight, now)).toBe(expected);
  });

  test("also from Sunday into Monday, and from one year into the next", () => {
    const sundayNight = aWindow({ zone: "UTC", open: [{ days: ["sun"], from: "23:00", to: "01:00" }] });
    expect(open(sundayNight, "2026-11-23T00:59:59Z")).toBe(true);
    const newYear = aWindow({ zone: "UTC", open: [{ days: ["thu"], from: "23:00", to: "01:00" }] });
    expect(open(newYear, "2027-01-01T00:30:00Z")).toBe(true);
  });

  test("hours that end when they begin last a day", () => {
    const saturday = aWindow({ zone: "UTC", open: [{ days: ["sat"], from: "06:00", to: "06:00" }] });
    expect(open(saturday, "2026-11-28T05:59:59Z")).toBe(false);
    expect(open(saturday, "2026-11-28T06:00:00Z")).toBe(true);
    expect(open(saturday, "2026-11-29T05:59:59Z")).toBe(true);
    expect(open(saturday, "2026-11-29T06:00:00Z")).toBe(false);
  });
});

describe("when the clocks change", () => {
  // New York 2026: from 02:00 to 03:00 on March 8th (07:00 UTC), from 02:00 back to 01:00 on November 1st (06:00 UTC).
  test("hours that begin at a skipped time begin as much later as was skipped", () => {
    expect(open(daily("02:30", "05:00"), "2026-03-08T07:29:59Z")).toBe(false);
    expect(open(daily("02:30", "05:00"), "2026-03-08T07:30:00Z")).toBe(true);
    expect(open(daily("02:30", "05:00"), "2026-03-08T09:00:00Z")).toBe(false);
  });

  test("hours that end at a skipped time end as much later as was skipped", () => {
    expect(open(daily("01:00", "02:30"), "2026-03-08T07:29:59Z")).toBe(true);
    expect(open(daily("01:00", "02:30"), "2026-03-08T07:30:00Z")).toBe(false);
  });

  test("both passes of a repeated time are inside, and so is what lies between", () => {
    const hours = daily("01:00", "01:30");
    expect(open(hours, "2026-11-01T04:59:59Z")).toBe(false);
    expect(open(hours, "2026-11-01T05:00:00Z")).toBe(true);
    expect(open(hours, "2026-11-01T05:45:00Z")).toBe(true);
    expect(open(hours, "2026-11-01T06:29:59Z")).toBe(true);
    expect(open(hours, "2026-11-01T06:30:00Z")).toBe(false);
  });

  test("a blackout covers both passes", () => {
    const frozen = {
      ...daily("00:00", "00:00"),
      blackouts: [{ from: "2026-11-01T01:00", to: "2026-11-01T01:30", reason: "x" }],
    };
    expect(open(frozen, "2026-11-01T06:29:59Z")).toBe(false);
    expect(open(frozen, "2026-11-01T06:30:00Z")).toBe(true);
  });
});

test("a clock that is ten years off decides as if it were then, and nothing else", () => {
  const policy = aWindow({ holidays: ["2026-11-24"] });
  expect(open(policy, "2026-11-24T16:00:00Z")).toBe(false);
  expect(open(policy, "2016-11-24T16:00:00Z")).toBe(true);
  expect(open(policy, "2036-11-24T16:00:00Z")).toBe(true);
  expect(open(policy, "2026-11-24T16:00:00Z")).toBe(false);
});
