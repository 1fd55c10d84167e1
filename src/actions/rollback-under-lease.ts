import { appliedContracts } from "../core/deployment/applied-contracts.ts";
import { contractsUnknownTo, crossesContract } from "../core/deployment/contract-crossing.ts";
import { continuationOf, driftedComponents, type Observed } from "../core/deployment/plan.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import { rollbackTarget } from "../core/deployment/rollback-target.ts";
import type { KnownGood } from "../core/deployment/types.ts";
import { SlipwayError } from "../core/errors.ts";
import { anchorEnd } from "./anchor-end.ts";
import { closeCommitted } from "./close-committed.ts";
import { goBack } from "./go-back.ts";
import { observe } from "./observe.ts";
import { identify, openDeployment } from "./open-deployment.ts";
import { readUncommitted } from "./read-uncommitted.ts";
import { reportOf } from "./report-of.ts";
import type { RunContext } from "./run-context.ts";
import type { Tenure } from "./under-lease.ts";

/**
 * A rollback under the environment's lease; one that was left open is gone on with.
 *
 * @param options.astray something else than the last known good release may serve, so it may be returned to
 */
export async function rollbackUnderLease(
  to: string | undefined,
  context: RunContext,
  tenure: Tenure,
  { astray = false }: { readonly astray?: boolean } = {},
): Promise<DeploymentReport> {
  const { config, environment, plans, ports } = context;
  const observed = await observe(config.app, environment.name, plans, ports);
  const history = await ports.releases.history(config.app, environment.name);
  const { target, current } = choose(to, observed, history, astray);
  const since = await readUncommitted(history, context);
  const crossed = contractsUnknownTo(target.release, appliedContracts(history, since));
  if (crossed.length > 0) throw new SlipwayError(crossesContract(target.release, crossed), "verifyFailed");

  const continuation = continuationOf(observed.latest, "rollback", target.release.id);
  const { deploymentId, earlier } = await identify(continuation, context);
  const { release } = target;
  await openDeployment(
    { purpose: "rollback", release, observed, continuation, deploymentId, earlier, letIn: undefined },
    context,
    tenure,
  );
  // Killed between its last step and its last record: it has been proven, and is only closed.
  const committed = observed.lastKnownGood?.deploymentId === deploymentId;
  const end =
    committed && driftedComponents(observed).length === 0
      ? await closeCommitted(release, context)
      : await goBack(target, current, astray || earlier.moved, context, tenure);
  const proven = await anchorEnd(end, context, tenure.leave);
  return reportOf("rollback", release, current, proven, context);
}

function choose(
  to: string | undefined,
  observed: Observed,
  history: readonly KnownGood[],
  astray: boolean,
): { readonly target: KnownGood; readonly current: KnownGood } {
  const open = openRollback(observed, history);
  if (open !== undefined && (to === undefined || to === open.target.release.id)) return open;
  const drifted = astray || driftedComponents(observed).length > 0;
  const choice = rollbackTarget(history, { to, drifted });
  if (choice.kind === "none") throw new SlipwayError(choice.problem, "verifyFailed");
  return choice;
}

/** The rollback that was killed or interrupted last: going on with it must not go one further back. */
function openRollback({ latest }: Observed, history: readonly KnownGood[]) {
  if (latest?.purpose !== "rollback" || (latest.outcome !== undefined && latest.outcome !== "interrupted")) {
    return undefined;
  }
  const target = history.findLast(({ release }) => release.id === latest.releaseId);
  const current = history.findLast(({ deploymentId }) => deploymentId !== latest.deploymentId);
  return target === undefined || current === undefined ? undefined : { target, current };
}
