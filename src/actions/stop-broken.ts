import { continuationOf } from "../core/deployment/plan.ts";
import type { Release } from "../core/release/types.ts";
import type { Compensated } from "./compensate.ts";
import { identify, openDeployment, type Opening } from "./open-deployment.ts";
import type { RunContext } from "./run-context.ts";
import { Interrupted, problemsOf } from "./step-faults.ts";
import type { Tenure } from "./under-lease.ts";

/**
 * Ends a first deployment that could not be stopped when it failed: there is nothing to go back to, so what it left
 * running is scaled to 0. It is opened again, and closed as stopped, or as what kept it from that.
 */
export async function stopBroken(
  deploymentId: string,
  release: Release,
  observed: Opening["observed"],
  context: RunContext,
  tenure: Tenure,
): Promise<Compensated> {
  const { plans, ports, steps } = context;
  const purpose = "deploy";
  const continuation = { ...continuationOf(undefined, purpose, release.id), resume: deploymentId };
  const which = await identify(continuation, context);
  await openDeployment(
    { purpose, release, observed, continuation, letIn: undefined, ...which },
    context,
    tenure,
  );

  let end: Compensated = { outcome: "stopped", problems: [], running: null, urls: {} };
  try {
    await steps.take("stop", "there is nothing to go back to", tenure.stop, async () => {
      for (const { component, service } of plans) {
        if ((observed.services[component]?.desired ?? 0) > 0) await ports.containers.stop(service);
      }
      return { says: "the broken services are scaled to 0" };
    });
  } catch (error) {
    steps.giveUpWithoutLedger(error, true);
    const outcome = error instanceof Interrupted ? "interrupted" : "rollback-failed";
    end = { ...end, outcome, problems: problemsOf(error) };
  }
  await steps.end(end.outcome, { problems: end.problems, running: end.running });
  return end;
}
