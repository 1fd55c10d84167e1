import type { StepName } from "../core/deployment/types.ts";
import type { JournalEntry } from "../ports/journal.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import type { RunContext } from "./run-context.ts";
import { Interrupted, problemsOf, StepFailed } from "./step-faults.ts";
import type { StepResult, Steps } from "./steps.ts";
import type { Tenure } from "./under-lease.ts";

/** What all records of one run say. */
export type CommonEntry = Omit<JournalEntry, "step" | "phase" | "outcome" | "data">;

/** Of the first attempt of a run with an id of its own. */
export function commonEntry(
  { config, environment, ports }: Pick<RunContext, "config" | "environment" | "ports">,
  { fence, caller }: Tenure,
): CommonEntry {
  return {
    type: "step",
    app: config.app,
    env: environment.name,
    deploymentId: ports.newId(),
    attempt: 1,
    fence,
    actor: caller.actor,
  };
}

/** A step of a run that is no deployment: it writes its own records, an intent before and an outcome after. */
export async function stepOnRecord(
  {
    step,
    says,
    intent,
    stop,
  }: {
    readonly step: StepName;
    readonly says: string;
    readonly intent: Readonly<Record<string, unknown>>;
    readonly stop: AbortSignal;
  },
  common: CommonEntry,
  { journal, steps }: Pick<DeploymentPorts, "journal"> & { readonly steps: Pick<Steps, "take"> },
  work: () => Promise<StepResult>,
): Promise<void> {
  const entry = { ...common, step };
  await steps.take(step, says, stop, async () => {
    await journal.append({ ...entry, phase: "intent", outcome: undefined, data: intent });
    try {
      const result = await work();
      await journal.append({ ...entry, phase: "outcome", outcome: "done", data: result.data ?? {} });
      return result;
    } catch (error) {
      const outcome = stop.aborted || error instanceof Interrupted ? "interrupted" : "failed";
      const facts = error instanceof StepFailed || error instanceof Interrupted ? error.data : {};
      const data = { ...facts, problems: problemsOf(error) };
      await journal.append({ ...entry, phase: "outcome", outcome, data });
      throw error;
    }
  });
}
