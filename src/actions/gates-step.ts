import { gateProblems } from "../core/deployment/gate-problems.ts";
import type { GateAnswer } from "./ask-gates.ts";
import type { RunContext } from "./run-context.ts";
import { StepFailed } from "./step-faults.ts";
import type { Tenure } from "./under-lease.ts";

/** Puts the gates' decision on record, each with its rule or its reasons. Throws `StepFailed` when one is closed. */
export async function gatesStep(
  answer: GateAnswer,
  says: string,
  { environment, steps }: RunContext,
  { stop }: Tenure,
): Promise<void> {
  await steps.take("gates", says, stop, async () => {
    const data = { now: answer.now, gates: answer.decisions };
    const problems = gateProblems(answer.decisions, environment.name);
    if (!answer.open) throw new StepFailed("gates", problems, data);
    const rules = answer.decisions.map(({ gate, rule }) => `${gate}: ${rule}`);
    return { says: rules.join(" · ") || "none", data };
  });
}
