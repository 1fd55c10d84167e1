import type { Approval, Hold, ReviewDue } from "../../src/core/acts/types.ts";
import type { DeploymentOutcome, DeploymentPurpose, KnownGood } from "../../src/core/deployment/types.ts";
import type { Release } from "../../src/core/release/types.ts";
import type { Instant } from "../../src/core/time.ts";
import type { JournalEntry, StateChange } from "../../src/ports/journal.ts";
import { refused } from "./ledger-refusals.ts";

interface Place {
  readonly app: string;
  readonly env: string;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The ledger's tables besides the records. */
export interface LedgerState {
  readonly deployments: (Place & {
    readonly deploymentId: string;
    readonly purpose: DeploymentPurpose;
    readonly release: Release;
    readonly actor: string;
    readonly startedAt: string;
    outcome: DeploymentOutcome | undefined;
    endedAt: string | undefined;
    mutatedAt: Instant | undefined;
  })[];
  readonly commits: (Place & { readonly good: KnownGood })[];
  readonly approvals: Writable<Approval>[];
  readonly holds: (Place & { readonly hold: Hold; open: boolean })[];
  readonly reviews: (Place & { readonly review: ReviewDue; open: boolean })[];
  leases: (Place & {
    readonly holder: string;
    readonly fence: number;
    readonly purpose: string;
    readonly link?: string | undefined;
    readonly takenAt: Instant;
    renewedAt: Instant;
    expires: Instant;
    held: boolean;
  })[];
}

export const emptyState = (): LedgerState => ({
  deployments: [],
  commits: [],
  approvals: [],
  holds: [],
  reviews: [],
  leases: [],
});

/** What slipway_ledger.apply_change does. */
export function applyChange(
  state: LedgerState,
  entry: JournalEntry,
  change: StateChange,
  now: Instant,
): void {
  const { app, env, deploymentId, actor } = entry;
  const row = state.deployments.find((one) => one.deploymentId === deploymentId);
  const mine = (): NonNullable<typeof row> => {
    if (row?.app === app && row.env === env) return row;
    throw new Error(`deployment ${deploymentId} has not begun`);
  };
  const at = new Date(now).toISOString();
  switch (change.kind) {
    case "begin": {
      if (row !== undefined) {
        Object.assign(mine(), { outcome: undefined, endedAt: undefined });
        return;
      }
      const { purpose, release } = change;
      const open = { outcome: undefined, endedAt: undefined, mutatedAt: undefined };
      state.deployments.push({ app, env, deploymentId, purpose, release, actor, startedAt: at, ...open });
      return;
    }
    case "commit": {
      const { purpose, release, revisions } = change;
      state.commits.push({ app, env, good: { deploymentId, purpose, release, revisions, at } });
      return;
    }
    case "end":
      Object.assign(mine(), { outcome: change.outcome, endedAt: at });
      return;
    case "mutate":
      mine().mutatedAt ??= now;
      return;
    case "consume":
      for (const id of change.approvals) useApproval(state, entry, id, now);
      return;
    case "review-due": {
      const { reviewId, because, by } = change;
      state.reviews.push({
        app,
        env,
        open: true,
        review: { id: reviewId, deploymentId, because, by, at: now },
      });
      return;
    }
    default:
      throw new Error(`unknown change of state: ${change.kind}`);
  }
}

/** What slipway_ledger.apply_act does. */
export function applyAct(state: LedgerState, entry: JournalEntry, change: StateChange, now: Instant): void {
  const { app, env } = entry;
  const here = (one: Place): boolean => one.app === app && one.env === env;
  const found = <T>(target: T | undefined): T => {
    if (target === undefined) throw refused("ACT_TARGET_UNKNOWN", entry);
    return target;
  };
  switch (change.kind) {
    case "approve": {
      const { approval, validForSeconds } = change;
      if (!here(approval.subject)) throw new Error(`an approval for another environment than ${app}/${env}`);
      if (!(validForSeconds >= 1 && validForSeconds <= 366 * 86_400))
        throw new Error("an approval is valid for at least a second and at most a year");
      const expiresAt = now + validForSeconds * 1000;
      state.approvals.push({ ...approval, at: now, expiresAt, revoked: false, usedBy: undefined });
      return;
    }
    case "hold": {
      const { holdId, reason, by } = change;
      state.holds.push({ app, env, open: true, hold: { id: holdId, reason, by, at: now } });
      return;
    }
    case "unlock": {
      const lease = state.leases.find((one) => here(one) && one.held && one.fence === change.fence);
      if (lease === undefined) throw refused("UNLOCK_NOT_HELD", entry);
      lease.held = false;
      return;
    }
    case "revoke":
      found(state.approvals.find(({ id, subject }) => id === change.approvalId && here(subject))).revoked =
        true;
      return;
    case "release-hold":
      found(state.holds.find((one) => one.hold.id === change.holdId && here(one))).open = false;
      return;
    case "review-closed":
      found(state.reviews.find((one) => one.review.id === change.reviewId && here(one))).open = false;
      return;
    default:
      throw new Error(`not a change that an act makes: ${change.kind}`);
  }
}

function useApproval(state: LedgerState, entry: JournalEntry, id: string, now: Instant): void {
  const { app, env, deploymentId } = entry;
  const given = state.approvals.find(
    ({ id: its, subject }) => its === id && subject.app === app && subject.env === env,
  );
  if (given === undefined || given.revoked)
    throw refused("APPROVAL_USED", entry, `${id} is unknown or revoked`);
  if (given.usedBy === deploymentId) return;
  if (given.usedBy !== undefined) throw refused("APPROVAL_USED", entry, `${id} was used by ${given.usedBy}`);
  if (given.expiresAt <= now) throw refused("APPROVAL_USED", entry, `${id} has expired`);
  given.usedBy = deploymentId;
}
