import { SlipwayError } from "./errors.ts";

export type AnchorFault = "ANCHOR_UNREACHABLE" | "ANCHOR_DENIED" | "ANCHOR_DIFFERS" | "ANCHOR_NOT_LOCKED";

const HINTS: Readonly<Record<AnchorFault, string>> = {
  ANCHOR_UNREACHABLE:
    "make the place answer and run the same command again; the local cloud's buckets are made by `slipway cloud up`",
  ANCHOR_DENIED: "let whoever deploys write and read there; nothing needs the right to delete",
  ANCHOR_DIFFERS:
    "find out who wrote there; a ledger that was begun anew on purpose needs another ledger/origin or another place",
  ANCHOR_NOT_LOCKED:
    "use a bucket with Object Lock, and let the deploying role set retention in compliance mode",
};

/** What keeps an anchor from doing its work. Exit 11: without an anchor no success is reported. */
export function anchorProblem(code: AnchorFault, at: string, says: string, cause?: unknown): SlipwayError {
  return new SlipwayError({ code, at, says, hint: HINTS[code] }, "verifyFailed", { cause });
}
