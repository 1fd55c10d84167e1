import type { Approval } from "../acts/types.ts";
import { approvalFaults } from "./approval-faults.ts";
import { assignApprovals } from "./assign-approvals.ts";
import type { GateDecision, GateFacts, GateReason } from "./types.ts";

export interface IgnoredApproval {
  readonly approval: Approval;
  /** At least one; lower case, no full stop. */
  readonly because: readonly string[];
}

export interface CountedApprovals {
  /** One for each place that a role asks for and that is filled. */
  readonly counted: readonly Approval[];
  readonly ignored: readonly IgnoredApproval[];
}

/** Whether enough people have approved this very deployment: each role's number, each person once. */
export function decideApprovals(facts: GateFacts): GateDecision {
  const asked = facts.policy.approvals?.roles;
  if (asked === undefined) return { gate: "approvals", reasons: [], rule: "no rule" };

  const { counted, ignored } = countApprovals(facts);
  const missing = Object.entries(asked).filter(([role, count]) => filled(counted, role) < count);
  const authorFaults = facts.author === undefined ? [AUTHOR_UNKNOWN] : [];
  const reasons =
    missing.length === 0
      ? authorFaults
      : [
          ...authorFaults,
          ...missing.map(([role, count]) => missingReason(facts, counted, role, count)),
          ...ignored.map(ignoredReason),
        ];
  return { gate: "approvals", reasons, rule: rolesText(asked) };
}

/** Which approvals count, and why each of the others does not. */
export function countApprovals(facts: GateFacts): CountedApprovals {
  const asked = facts.policy.approvals?.roles ?? {};
  const judged = facts.approvals.map((approval) => ({ approval, because: faultsOf(approval, facts) }));
  const good = judged.filter(({ because }) => because.length === 0).map(({ approval }) => approval);
  // What this deployment has used goes on counting, and for the role it counted for.
  const used = good.filter(({ usedBy }) => usedBy !== undefined);
  const free = good.filter(
    ({ usedBy, person }) => usedBy === undefined && !used.some((one) => one.person === person),
  );
  const counted = assignApprovals(asked, [...used, ...free]);

  const spare = good
    .filter((approval) => !counted.includes(approval))
    .map((approval) => ({ approval, because: [spareBecause(approval, counted)] }));
  return { counted, ignored: [...judged.filter(({ because }) => because.length > 0), ...spare] };
}

/** The ids of the approvals that the deployment uses up when it is let in. */
export function usedApprovals(facts: GateFacts): string[] {
  return countApprovals(facts).counted.map(({ id }) => id);
}

/** That nobody approves their own work cannot be told when nobody knows whose work it is. */
export const AUTHOR_UNKNOWN: GateReason = {
  says: "the release does not say who wrote it, so nobody can be told apart from its author",
  opensAt: undefined,
  action: "build the release from a commit with an author, in a checkout with its .git folder",
};

function faultsOf(approval: Approval, facts: GateFacts): string[] {
  const { role, meaning } = approval;
  const asked = facts.policy.approvals?.roles ?? {};
  return [
    ...(meaning === "break-glass" ? ["it answers for breaking the glass, which approves nothing"] : []),
    ...(Object.hasOwn(asked, role) ? [] : [`nobody asks for the role ${role} here`]),
    ...approvalFaults(approval, role, facts),
  ];
}

function spareBecause({ person }: Approval, counted: readonly Approval[]): string {
  const other = counted.find((approval) => approval.person === person);
  return other === undefined
    ? "there are enough without it"
    : `${person} counts already, as ${other.role} (${other.id}); one person counts once`;
}

function missingReason(
  { roles, subject, author, triggeredBy }: GateFacts,
  counted: readonly Approval[],
  role: string,
  count: number,
): GateReason {
  const barred = new Set([author, triggeredBy, ...counted.map(({ person }) => person)]);
  const members = Object.hasOwn(roles, role) ? (roles[role] ?? []) : [];
  const able = members.filter((person) => !barred.has(person));
  return {
    says: `${role}: ${filled(counted, role)} of ${count} ${count === 1 ? "approval" : "approvals"}`,
    opensAt: undefined,
    action:
      able.length === 0
        ? `nobody else may approve as ${role}: let somebody else trigger, or add a person to the role in the config`
        : `${able.join(" or ")}: slipway approve --plan=<file> --env=${subject.env} --role=${role} --meaning=approved --reason=<why>`,
  };
}

function ignoredReason({ approval, because }: IgnoredApproval): GateReason {
  const { id, person, role } = approval;
  return {
    says: `${id} of ${person} as ${role} does not count: ${because.join("; ")}`,
    opensAt: undefined,
    action: "nothing to do about this one; what is missing is told above",
  };
}

function filled(counted: readonly Approval[], role: string): number {
  return counted.filter((approval) => approval.role === role).length;
}

function rolesText(asked: Readonly<Record<string, number>>): string {
  return Object.entries(asked)
    .map(([role, count]) => `${role} ${count}`)
    .join(", ");
}
