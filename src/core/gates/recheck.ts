import { decideApprovals } from "./approvals.ts";
import { decideBreakGlass } from "./break-glass.ts";
import { decideHold } from "./hold.ts";
import type { GateDecision, GateFacts } from "./types.ts";
import { decideWindow } from "./window.ts";

/**
 * What the gates say before an irreversible step of a deployment that was let in: a hold stops it, the end of its
 * window stops it when the window says so, and so does an approval that was taken back. The rate limit and the promotion
 * were decided once and for all.
 *
 * @param brokenGlass the reason with which it skipped gates, undefined when it skipped none
 */
export function recheckGates(facts: GateFacts, brokenGlass: string | undefined): readonly GateDecision[] {
  const hold = decideHold(facts.holds, facts.subject.env);
  if (brokenGlass !== undefined) return [hold, recheckBrokenGlass(facts, brokenGlass)];

  return [hold, recheckWindow(facts), decideApprovals(onlyUsed(facts))];
}

function recheckWindow({ policy, now }: GateFacts): GateDecision {
  const { windows } = policy;
  return windows?.overrun === "finish"
    ? { gate: "window", reasons: [], rule: "begun inside; goes on to the end" }
    : decideWindow(windows, now);
}

/** The second person may take it back as well. */
function recheckBrokenGlass(facts: GateFacts, reason: string): GateDecision {
  const skipped: GateDecision = { gate: "approvals", reasons: [BROKEN], rule: "broken glass" };
  const decision = decideBreakGlass(onlyUsed(facts), [skipped], reason);
  return { ...skipped, reasons: decision.kind === "refused" ? decision.reasons : [] };
}

const BROKEN = { says: "skipped", opensAt: undefined, action: "" } as const;

// An approval that nobody has used up was not what let the deployment in.
function onlyUsed(facts: GateFacts): GateFacts {
  const { approvals, deploymentId } = facts;
  return {
    ...facts,
    approvals: approvals.filter(({ usedBy }) => deploymentId === undefined || usedBy === deploymentId),
  };
}
