import type { Approval } from "../core/acts/types.ts";
import type { Instant } from "../core/time.ts";
import type { Gatekeeping } from "../ports/gatekeeping.ts";

export interface ApprovalList {
  /** Database time. */
  readonly now: Instant;
  /** Used, expired and revoked ones included where the ledger answers them; newest first. */
  readonly approvals: readonly Approval[];
}

/** The approvals that were given for a release in an environment. */
export async function approvals(
  request: { readonly app: string; readonly env: string; readonly releaseSha256: string },
  gatekeeping: Gatekeeping,
): Promise<ApprovalList> {
  const { app, env, releaseSha256 } = request;
  const [now, list] = await Promise.all([gatekeeping.now(), gatekeeping.approvals(app, env, releaseSha256)]);
  return { now, approvals: list };
}
