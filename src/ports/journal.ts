import type { Approval } from "../core/acts/types.ts";
import type {
  DeploymentOutcome,
  DeploymentPurpose,
  StepName,
  StepOutcome,
} from "../core/deployment/types.ts";
import type { Release } from "../core/release/types.ts";

/** What is known before an effect (`intent`) and after it (`outcome`). */
export interface JournalEntry {
  /** `act`: what a person did besides deploying; it needs no lease and no fence. */
  readonly type: "deployment" | "step" | "act";
  readonly app: string;
  readonly env: string;
  /** The deployment's id; of an act its own id. */
  readonly deploymentId: string;
  /** `undefined` for records about the deployment as a whole. */
  readonly step: StepName | undefined;
  /** 1 for the first run, one more for each run that resumes it. */
  readonly attempt: number;
  readonly phase: "intent" | "outcome";
  /** Only on outcomes. */
  readonly outcome: StepOutcome | DeploymentOutcome | undefined;
  /** Fence of the lease under which this was written; null only for acts. */
  readonly fence: number | null;
  /** Who, as the platform's identity service says. */
  readonly actor: string;
  /** Facts in JSON; never a secret. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface JournalRecord extends JournalEntry {
  /** Position in the chain, gapless from 1. */
  readonly seq: number;
  /** Database time, RFC 3339, UTC. */
  readonly at: string;
}

/** State that changes in the same transaction as the record that says so. */
export type StateChange =
  | {
      /** Opens the deployment, or opens it again when a run resumes it. */
      readonly kind: "begin";
      readonly purpose: DeploymentPurpose;
      readonly release: Release;
    }
  | {
      /** Makes the release the environment's last known good. */
      readonly kind: "commit";
      readonly purpose: DeploymentPurpose;
      readonly release: Release;
      readonly revisions: Readonly<Record<string, string>>;
    }
  | { readonly kind: "end"; readonly outcome: DeploymentOutcome }
  /** With the intent of the first step that changes something outside: from here on the rate limit counts it. */
  | { readonly kind: "mutate" }
  /** Approvals that this deployment has used up; each can be used once. Fails with `APPROVAL_USED` otherwise. */
  | { readonly kind: "consume"; readonly approvals: readonly string[] }
  /** A break-glass that somebody has to look into. */
  | { readonly kind: "review-due"; readonly reviewId: string; readonly because: string; readonly by: string }
  | ActChange;

/** What an act changes. Times are set by the database. */
export type ActChange =
  | {
      readonly kind: "approve";
      readonly approval: Omit<Approval, "at" | "expiresAt" | "revoked" | "usedBy">;
      readonly validForSeconds: number;
    }
  | { readonly kind: "revoke"; readonly approvalId: string }
  | { readonly kind: "hold"; readonly holdId: string; readonly reason: string; readonly by: string }
  | { readonly kind: "release-hold"; readonly holdId: string }
  /** Frees the lease of that very fence, whoever holds it. */
  | { readonly kind: "unlock"; readonly fence: number }
  | { readonly kind: "review-closed"; readonly reviewId: string };

/** The append-only story of what was meant and what happened. */
export interface Journal {
  /**
   * Appends a record and makes the changes of state that go with it, in one transaction.
   * Throws `LEASE_LOST` (exit 30) when a newer fence has been given out, `APPROVAL_USED` (exit 10) when an approval to
   * consume is used, revoked, expired or unknown, `UNLOCK_NOT_HELD` (exit 2) when nobody holds a lease of that fence,
   * `ACT_TARGET_UNKNOWN` (exit 2) when what is revoked, released or closed is not there, `LEDGER_UNREACHABLE` (exit 11)
   * when the database does not answer.
   */
  append(entry: JournalEntry, changes?: readonly StateChange[]): Promise<JournalRecord>;

  /** All records of a deployment, oldest first. */
  records(deploymentId: string): Promise<readonly JournalRecord[]>;
}
