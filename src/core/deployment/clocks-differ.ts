import type { Problem } from "../errors.ts";
import type { Instant } from "../time.ts";

/** Two clocks that nobody here sets may be apart by so much; further, and one of them is wrong. */
const LIMIT_SECONDS = 60;

/** Windows and expiries are decided on the database's time, so it has to agree with the platform's. */
export function clocksDiffer(platform: Instant | undefined, database: Instant): Problem[] {
  if (platform === undefined) {
    return [problem("the platform did not say what time it is, so the database's cannot be checked")];
  }
  const apart = Math.round((database - platform) / 1000);
  if (Math.abs(apart) <= LIMIT_SECONDS) return [];
  const side = apart > 0 ? "ahead of" : "behind";
  return [
    problem(
      `the ledger's database is ${Math.abs(apart)} s ${side} the platform, ${LIMIT_SECONDS} s are allowed`,
    ),
  ];
}

function problem(says: string): Problem {
  return { code: "CLOCK_DISAGREES", at: "ledger", says, hint: "set the database server's clock (NTP)" };
}
