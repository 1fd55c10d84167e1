import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { continuationOf, driftedComponents } from "../core/deployment/plan.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import { rollbackTarget } from "../core/deployment/rollback-target.ts";
import { planComponents } from "../core/deployment/service-spec.ts";
import type { KnownGood } from "../core/deployment/types.ts";
import { SlipwayError } from "../core/errors.ts";
import { compensate, type Compensated } from "./compensate.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { moveTo } from "./move-to.ts";
import { observe } from "./observe.ts";
import { openDeployment } from "./open-deployment.ts";
import { reportOf } from "./report-of.ts";
import type { RunContext, StopSignals } from "./run-context.ts";
import { StepFailed, Steps } from "./steps.ts";
import { underLease, type Tenure } from "./under-lease.ts";
import { lostWayBack } from "./verify-release.ts";

export interface RollbackRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** Id of a known good release; undefined: the one before the current. */
  readonly to: string | undefined;
}

/**
 * Returns an environment to a known good release: the deployment's own machine, run backwards. Code goes back, the
 * schema stays. Throws `ROLLBACK_NO_TARGET` (exit 11) before anything moves.
 */
export async function rollback(
  request: RollbackRequest,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<DeploymentReport> {
  const { config, environment, to } = request;
  const steps = new Steps(ports);
  const plans = planComponents(config, environment);
  const context: RunContext = { config, environment, plans, ports, steps };

  return underLease(
    { config, environment, purpose: to === undefined ? "rollback" : `rollback to ${to}` },
    steps,
    ports,
    signals,
    async (tenure) => rollbackUnderLease(to, context, tenure),
  );
}

async function rollbackUnderLease(
  to: string | undefined,
  context: RunContext,
  tenure: Tenure,
): Promise<DeploymentReport> {
  const { config, environment, plans, ports, steps } = context;
  const observed = await observe(config.app, environment.name, plans, ports);
  const history = await ports.releases.history(config.app, environment.name);

  const choice = rollbackTarget(history, { to, drifted: driftedComponents(observed).length > 0 });
  if (choice.kind === "none") throw new SlipwayError(choice.problem, "verifyFailed");
  const { target, current } = choice;
  const continuation = continuationOf(observed.latest, "rollback", target.release.id);

  await openDeployment("rollback", target.release, continuation, observed, context, tenure);
  let moved = false;
  let end: Compensated;
  try {
    await verifyTarget(target, context, tenure);
    const urls = await moveTo(target, "forward", context, tenure.stop, () => {
      moved = true;
    });
    await commit(target, context, tenure);
    end = { outcome: "deployed", problems: [], running: target.release.id, urls };
  } catch (error) {
    steps.giveUpWithoutLedger(error, moved);
    end = failedRollback(
      await compensate(error, { moved, target, lastKnownGood: current }, context, tenure.leave),
      moved,
    );
  }
  await steps.end(end.outcome, { problems: end.problems, running: end.running });
  return reportOf("rollback", target.release, current, end, context);
}

async function verifyTarget(target: KnownGood, context: RunContext, { stop }: Tenure): Promise<void> {
  await context.steps.take("verify", `${target.release.id} still exists`, stop, async () => {
    const problems = await lostWayBack(target, context);
    if (problems.length > 0) throw new StepFailed("verify", problems);
    return { says: "everything is there" };
  });
}

async function commit(target: KnownGood, { steps }: RunContext, { stop }: Tenure): Promise<void> {
  const { release, revisions } = target;
  await steps.take("commit", "last known good", stop, async () => ({
    says: `${release.id} is the last known good release again`,
    changes: [{ kind: "commit", purpose: "rollback", release, revisions }],
  }));
}

// To have returned to the release that somebody wanted to leave is no success of a rollback.
function failedRollback(end: Compensated, moved: boolean): Compensated {
  return moved && end.outcome === "rolled-back" ? { ...end, outcome: "rollback-failed" } : end;
}
