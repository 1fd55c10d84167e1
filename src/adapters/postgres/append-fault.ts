import { SlipwayError, type ExitKind, type Problem } from "../../core/errors.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { codeOf } from "./connect-problem.ts";

/**
 * What the database's own codes of a refused append mean (migrations/0002, 0006); undefined for every other error. The
 * server's sentence is ours and names ids alone, so it may be shown.
 */
export function appendFault(error: unknown, entry: JournalEntry): SlipwayError | undefined {
  const says = error instanceof Error ? error.message : String(error);
  const known = meaning(codeOf(error), entry, says);
  if (known === undefined) return undefined;
  const { exit, ...problem } = known;
  return new SlipwayError({ at: `${entry.app}/${entry.env}`, ...problem }, exit, { cause: error });
}

function meaning(
  code: string,
  { env, fence }: JournalEntry,
  says: string,
): (Omit<Problem, "at"> & { readonly exit: ExitKind }) | undefined {
  switch (code) {
    case "SL001":
      return {
        code: "LEASE_LOST",
        says: `the lease with fence ${fence} was taken over or given back; the ledger refuses its records`,
        hint: "run `slipway status` to see who holds the environment, then run the command again",
        exit: "leaseHeld",
      };
    case "SL003":
      return {
        code: "UNLOCK_NOT_HELD",
        says,
        hint: `\`slipway status --env=${env}\` shows the fence of the lease that is held now`,
        exit: "usage",
      };
    case "SL004":
      return {
        code: "APPROVAL_USED",
        says,
        hint: "each approval is for one deployment; ask for a new one with `slipway approve`",
        exit: "gateClosed",
      };
    case "SL005":
      return {
        code: "ACT_TARGET_UNKNOWN",
        says,
        hint: `\`slipway status --env=${env}\` shows what is open there`,
        exit: "usage",
      };
    default:
      return undefined;
  }
}
