import type { Approval, Hold, ReviewDue } from "../core/acts/types.ts";
import type { Mutation } from "../core/gates/types.ts";
import type { Instant } from "../core/time.ts";

/** What the ledger knows for the gates. Reads only; `Journal.append` writes. */
export interface Gatekeeping {
  /** The database's clock, to the millisecond. Throws `LEDGER_UNREACHABLE` (exit 11). */
  now(): Promise<Instant>;
  /** Those that are neither revoked nor of another release, used and expired ones included, newest first. */
  approvals(app: string, env: string, releaseSha256: string): Promise<readonly Approval[]>;
  /** Holds that nobody has released. */
  holds(app: string, env: string): Promise<readonly Hold[]>;
  /** Reviews that nobody has closed. */
  reviews(app: string, env: string): Promise<readonly ReviewDue[]>;
  /** Deployments that changed something since then, newest first. */
  mutations(app: string, env: string, since: Instant): Promise<readonly Mutation[]>;
}
