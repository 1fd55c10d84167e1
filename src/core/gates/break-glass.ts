import type { Approval } from "../acts/types.ts";
import { approvalFaults } from "./approval-faults.ts";
import type { GateDecision, GateFacts, GateName, GateReason } from "./types.ts";

/** The gates that a broken glass opens. A hold and a missing promotion stay: they say that something is wrong. */
export const SKIPPABLE = ["window", "rate-limit", "approvals"] as const satisfies readonly GateName[];

export type BreakGlassDecision =
  /** Every gate is open: nothing is skipped, nothing used up. */
  | { readonly kind: "not-needed" }
  | {
      readonly kind: "granted";
      /** The closed gates that are skipped, in the order of GATES. */
      readonly skips: readonly GateName[];
      readonly reason: string;
      /** The second person's, used up by the deployment. */
      readonly approval: Approval;
    }
  | { readonly kind: "refused"; readonly reasons: readonly GateReason[] };

const SHORTEST_REASON = 10;

/**
 * Whether a deployment may skip its closed gates: with a reason, and a second person who answers for it.
 *
 * @param decisions what `decideGates` said to the same facts
 */
export function decideBreakGlass(
  facts: GateFacts,
  decisions: readonly GateDecision[],
  reason: string,
): BreakGlassDecision {
  const closed = decisions.filter(({ reasons }) => reasons.length > 0);
  if (closed.length === 0) return { kind: "not-needed" };

  const { approval, reasons: approvalReasons } = secondPerson(facts);
  const reasons = [
    ...closed.filter(({ gate }) => !isSkippable(gate)).flatMap((decision) => decision.reasons),
    ...reasonFaults(reason),
    ...approvalReasons,
  ];
  return approval === undefined || reasons.length > 0
    ? { kind: "refused", reasons }
    : { kind: "granted", skips: closed.map(({ gate }) => gate), reason: reason.trim(), approval };
}

function isSkippable(gate: GateName): boolean {
  return SKIPPABLE.some((skippable) => skippable === gate);
}

function reasonFaults(reason: string): GateReason[] {
  const length = reason.trim().length;
  if (length >= SHORTEST_REASON) return [];
  return [
    {
      says: `the reason for breaking the glass is ${length} characters long: "${reason.trim()}"`,
      opensAt: undefined,
      action: `write what is wrong and why it cannot wait, in ${SHORTEST_REASON} characters or more`,
    },
  ];
}

/** The approval of a second person for breaking the glass, or every reason why there is none. */
function secondPerson(facts: GateFacts): { approval: Approval | undefined; reasons: GateReason[] } {
  const { policy, roles, subject, author, triggeredBy } = facts;
  const asked = Object.keys(policy.approvals?.roles ?? {});
  const mayAnswer = asked.length > 0 ? asked : Object.keys(roles);
  const judged = facts.approvals
    .filter(({ meaning }) => meaning === "break-glass")
    .map((approval) => {
      const role = mayAnswer.find((role) => roles[role]?.includes(approval.person));
      return { approval, because: approvalFaults(approval, role ?? mayAnswer.join(" or "), facts) };
    });
  // The one that this deployment has used already, when it is resumed.
  const good = judged.filter(({ because }) => because.length === 0).map(({ approval }) => approval);
  const approval = good.find(({ usedBy }) => usedBy !== undefined) ?? good[0];
  if (approval !== undefined) return { approval, reasons: [] };

  const able = [...new Set(mayAnswer.flatMap((role) => roles[role] ?? []))].filter(
    (person) => person !== author && person !== triggeredBy,
  );
  const missing: GateReason = {
    says: "no second person answers for breaking the glass",
    opensAt: undefined,
    action:
      able.length === 0
        ? "nobody may: name people and roles in the config, or let somebody else trigger"
        : `${able.join(" or ")}: slipway approve --plan=<file> --env=${subject.env} --meaning=break-glass --reason=<why>`,
  };
  const ignored = judged.map(({ approval: { id, person }, because }): GateReason => ({
    says: `${id} of ${person} does not count: ${because.join("; ")}`,
    opensAt: undefined,
    action: "nothing to do about this one; a second person is missing all the same",
  }));
  return { approval: undefined, reasons: [missing, ...ignored] };
}
