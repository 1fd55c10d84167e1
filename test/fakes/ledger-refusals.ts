import { SlipwayError, type ExitKind } from "../../src/core/errors.ts";
import type { JournalEntry } from "../../src/ports/journal.ts";

const EXITS = {
  LEASE_LOST: "leaseHeld",
  UNLOCK_NOT_HELD: "usage",
  APPROVAL_USED: "gateClosed",
  ACT_TARGET_UNKNOWN: "usage",
} as const satisfies Record<string, ExitKind>;

/** What the real ledger throws, by code and exit; the sentences are its own. */
export function refused(
  code: keyof typeof EXITS,
  { app, env }: JournalEntry,
  says = "refused by the ledger",
): SlipwayError {
  return new SlipwayError({ code, at: `${app}/${env}`, says, hint: "run it again" }, EXITS[code]);
}

export function unreachable(): SlipwayError {
  return new SlipwayError(
    { code: "LEDGER_UNREACHABLE", at: "ledger", says: "does not answer", hint: "start it" },
    "verifyFailed",
  );
}
