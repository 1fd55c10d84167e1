import { z } from "zod";
import { isDate, isLocalTime, isZone } from "../gates/window-time.ts";
import { backup } from "./backup-schema.ts";
import { migrationPolicy } from "./migration-policy-schema.ts";
import { matching, meaning, name, oneOf, some, text, wholeNumber } from "./schema-parts.ts";

const orNone = <T extends z.ZodType>(rule: T, such: string) =>
  z.union([z.literal(false), rule], { error: `false for none, or an object such as ${such}` });
const hours = wholeNumber(1, 8760, " of hours");

const minute = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day between "00:00" and "23:59"');
const date = meaning(/^\d{4}-\d\d-\d\d$/, isDate, 'a date such as "2026-12-25"');
const localTime = meaning(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d$/,
  isLocalTime,
  'a local time such as "2026-12-19T00:00"',
);

const weekday = oneOf(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
const openHours = z.strictObject(
  {
    days: some(weekday, 'a list of days, for example ["mon", "tue"]').describe(
      "The days on which these hours begin",
    ),
    from: minute,
    to: minute.describe("Exclusive; one not after `from` is on the next day"),
  },
  { error: 'an object such as { days: ["mon"], from: "09:00", to: "15:00" }' },
);

const blackout = z.strictObject(
  {
    from: localTime,
    to: localTime.describe("Exclusive"),
    reason: text("a short sentence").describe("Told to whoever is refused"),
  },
  { error: "an object with from, to and reason" },
);

const windows = z.strictObject(
  {
    zone: meaning(/^[A-Za-z]\S*$/, isZone, 'an IANA time zone such as "America/New_York"').describe(
      "IANA time zone of everything below",
    ),
    open: some(openHours, 'a list such as [{ days: ["mon"], from: "09:00", to: "15:00" }]')
      .optional()
      .describe("Default: Monday to Thursday, 09:00 to 15:00"),
    holidays: z
      .array(date, { error: "a list of dates" })
      .optional()
      .describe("Local dates on which it stays closed all day"),
    blackouts: z.array(blackout, { error: "a list of blackouts" }).optional(),
    overrun: oneOf(["finish", "stop"])
      .optional()
      .describe(
        "A deployment that its window leaves behind: go on (default), or stop before what cannot be undone",
      ),
  },
  { error: "an object" },
);

const rateLimit = z.strictObject(
  {
    deployments: wholeNumber(1, 1000, " of deployments").describe("How many may change the environment"),
    hours: hours.describe("in so many hours"),
  },
  { error: "an object" },
);

const promotion = z.strictObject(
  {
    from: name.describe("The environment that must have had this very release"),
    withinHours: hours.optional().describe("Not longer ago than this (default 24)"),
  },
  { error: "an object" },
);

const approvals = z.strictObject(
  {
    roles: z
      .record(name, wholeNumber(1, 20, " of people"), {
        error: "an object of roles, each with a number of people",
      })
      .refine((roles) => Object.keys(roles).length > 0, {
        error: "an object with at least one role; for no approvals write approvals: false",
      })
      .describe("Role → how many of its people must approve"),
    expireHours: hours.optional().describe("An approval is good for so long (default 24)"),
  },
  { error: "an object" },
);

/** The keys of an environment that say when it lets a deployment in. */
export const policyKeys = {
  windows: orNone(windows, '{ zone: "America/New_York" }')
    .optional()
    .describe(
      "When deployments may begin (default: always; `production`: Monday to Thursday, 09:00 to 15:00 in New York)",
    ),
  rateLimit: orNone(rateLimit, "{ deployments: 1, hours: 4 }")
    .optional()
    .describe("How often it may be changed (default: as often as you like; `production`: once in 4 hours)"),
  promotion: orNone(promotion, '{ from: "staging" }')
    .optional()
    .describe(
      "Where a release must have passed before (default: nowhere; `production`: `staging`, and `staging`: `development`, when there is one)",
    ),
  approvals: orNone(approvals, '{ roles: { "qa-lead": 1 } }')
    .optional()
    .describe(
      "Who must approve (default: nobody; `production`: 1 tech-lead and 1 qa-lead, `staging`: 1 qa-lead)",
    ),
  rollbackLimitSeconds: wholeNumber(1, 86_400, " of seconds")
    .optional()
    .describe("Refuse a deployment whose rollback could take longer (default 300)"),
  watchSeconds: wholeNumber(0, 86_400, " of seconds")
    .optional()
    .describe("Watch the new release for so long after its smoke test (default 0; `production`: 60)"),
  migrations: migrationPolicy.optional().describe("What is demanded of migrations before they run"),
  backup: backup
    .optional()
    .describe(
      'How the database is kept safe before it is migrated (default "none"; `production` on AWS has to say)',
    ),
} as const;
