import type { Problem } from "../errors.ts";
import type { GateDecision } from "../gates/types.ts";

/** Every reason of every closed gate as a problem; empty when all are open. */
export function gateProblems(decisions: readonly GateDecision[], environment: string): Problem[] {
  return decisions.flatMap(({ gate, reasons }) =>
    reasons.map(({ says, action }) => ({
      code: "GATE_CLOSED",
      at: `environments/${environment}/${gate}`,
      says,
      hint: action,
    })),
  );
}
