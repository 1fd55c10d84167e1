import type { EnvironmentPolicy } from "../config/policy-types.ts";
import { decideApprovals } from "./approvals.ts";
import { decideHold } from "./hold.ts";
import { decidePromotion } from "./promotion.ts";
import { decideRateLimit } from "./rate-limit.ts";
import type { GateDecision, GateFacts } from "./types.ts";
import { decideWindow } from "./window.ts";

// There is no gate before a rollback, and nothing here is asked for one: the way back to what worked is always open.

/** What each gate says to a deployment that would begin now, in the order of GATES. */
export function decideGates(facts: GateFacts): readonly GateDecision[] {
  const { now, policy, release, earlier, mutations, deploymentId } = facts;
  return [
    decideHold(facts.holds, facts.subject.env),
    decideWindow(policy.windows, now),
    decideRateLimit(policy.rateLimit, mutations, now, deploymentId),
    decidePromotion(policy.promotion, release, earlier, now),
    decideApprovals(facts),
  ];
}

/** Whether every gate is open. */
export function areOpen(decisions: readonly GateDecision[]): boolean {
  return decisions.every(({ reasons }) => reasons.length === 0);
}

/** Hours for which the environment's mutations must be known: as far as the rate limit looks back; 0 without one. */
export function looksBackHours({ rateLimit }: EnvironmentPolicy): number {
  return rateLimit?.hours ?? 0;
}
