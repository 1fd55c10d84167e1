import type { Problem } from "../errors.ts";
import type { GateDecision, GateName } from "../gates/types.ts";

/** Where the config says what the gate demands. */
const AT: Readonly<Record<GateName, string>> = {
  hold: "",
  window: "/windows",
  "rate-limit": "/rateLimit",
  promotion: "/promotion",
  approvals: "/approvals",
};

/** Every reason of every closed gate as a problem; empty when all are open. */
export function gateProblems(decisions: readonly GateDecision[], environment: string): Problem[] {
  return decisions.flatMap(({ gate, reasons }) =>
    reasons.map(({ says, action }) => ({
      code: "GATE_CLOSED",
      at: `environments/${environment}${AT[gate]}`,
      says,
      hint: action,
    })),
  );
}
