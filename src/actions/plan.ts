import { driftedComponents, planDeployment } from "../core/deployment/plan.ts";
import { SlipwayError } from "../core/errors.ts";
import { planReport } from "../core/plan/plan-report.ts";
import type { PlanReport } from "../core/plan/types.ts";
import { releaseEdited } from "../core/release/release-edited.ts";
import { admit } from "./admit.ts";
import { askGates } from "./ask-gates.ts";
import type { DeployRequest } from "./deploy.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { identifyCaller } from "./identify-caller.ts";
import { makePlan } from "./make-plan.ts";
import { observe } from "./observe.ts";
import { identify } from "./open-deployment.ts";
import { newRun } from "./run-context.ts";
import { lookForAll } from "./verify-release.ts";

/**
 * What a deployment would do now, and every reason why it would not be let in. Takes no lease and changes nothing.
 * Throws what `deploy` throws before its first record.
 */
export async function plan(
  request: Omit<DeployRequest, "plan">,
  ports: DeploymentPorts,
  stop: AbortSignal,
): Promise<PlanReport> {
  const { release, environment, config } = request;
  const context = newRun(request, ports);
  await admit(release, context, stop);
  const caller = await identifyCaller(environment, true, context.steps, ports, stop);
  const observed = await observe(config.app, environment.name, context.plans, ports);
  const known = await ports.releases.history(config.app, environment.name);
  const edited = releaseEdited(
    release,
    known.map((commit) => commit.release),
    ports.fingerprintOf,
  );
  if (edited.length > 0) throw new SlipwayError(edited, "usage");

  const what = planDeployment(release, observed);
  const resumed = what.kind === "nothing-to-do" ? undefined : what.continuation.resume;
  const [made, found] = await Promise.all([
    makePlan(release, observed, context),
    lookForAll(release, observed.lastKnownGood, context),
  ]);
  for (const note of made.notes) ports.reporter.note(note);
  const { earlier } = await identify({ resume: resumed, abandoned: undefined }, context);
  const planSha256 = earlier.planSha256 ?? made.plan.fingerprint;
  const breakGlass = request.breakGlass ?? earlier.brokenGlass;
  const question = { release, planSha256, deploymentId: resumed, caller, breakGlass };
  const { decisions } = await askGates(question, context);

  return planReport({
    plan: made.plan,
    manifest: release,
    does: what.kind === "nothing-to-do" ? what.kind : resumed === undefined ? "deploy" : "resume",
    gates: decisions,
    problems: [...found.problems, ...made.problems],
    drifted: driftedComponents(observed),
    complete: made.complete,
    unmet: made.unmet,
  });
}
