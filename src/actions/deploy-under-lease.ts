import { contractsUnknownTo } from "../core/deployment/contract-crossing.ts";
import { tellMigrationsLeft } from "../core/deployment/migrations-left.ts";
import { planDeployment, type Observed } from "../core/deployment/plan.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import { SlipwayError } from "../core/errors.ts";
import { planDifferences } from "../core/plan/plan-differences.ts";
import type { Release, ReleaseMigration } from "../core/release/types.ts";
import { releaseEdited } from "../core/release/release-edited.ts";
import { anchorEnd } from "./anchor-end.ts";
import { askGates } from "./ask-gates.ts";
import { closeCommitted } from "./close-committed.ts";
import { compensate, type Compensated } from "./compensate.ts";
import type { DeployRequest } from "./deploy.ts";
import { forward, type Progress } from "./forward.ts";
import { makePlan, type MadePlan } from "./make-plan.ts";
import { observe } from "./observe.ts";
import { identify, openDeployment, type Opening } from "./open-deployment.ts";
import { readMigrationsLeft } from "./read-migrations-left.ts";
import { reportOf } from "./report-of.ts";
import type { RunContext } from "./run-context.ts";
import { urlsOf } from "./smoke.ts";
import { isBug, problemsOf } from "./step-faults.ts";
import type { Tenure } from "./under-lease.ts";

/** A deployment whose release has been admitted, under the environment's lease. */
export async function deployUnderLease(
  request: DeployRequest,
  context: RunContext,
  tenure: Tenure,
): Promise<DeploymentReport> {
  const { release } = request;
  const { config, environment, plans, ports } = context;
  const observed = await observe(config.app, environment.name, plans, ports);
  const { lastKnownGood } = observed;
  const known = (await ports.releases.history(config.app, environment.name)).map((commit) => commit.release);
  refuse(releaseEdited(release, known, ports.fingerprintOf), "usage");

  const what = planDeployment(release, observed);
  let end: Compensated;
  if (what.kind === "nothing-to-do") {
    const left = await readMigrationsLeft(context, ports);
    for (const note of tellMigrationsLeft(left)) context.steps.warn(note);
    const urls = await urlsOf(plans, environment, ports);
    end = { outcome: "nothing-to-do", problems: [], running: release.id, urls };
  } else if (what.kind === "close") {
    const { continuation } = what;
    const which = await identify(continuation, context);
    const opening = {
      purpose: "deploy",
      release,
      observed,
      continuation,
      letIn: undefined,
      ...which,
    } as const;
    await openDeployment(opening, context, tenure);
    end = await closeCommitted(release, context);
  } else {
    const made = await makePlan(release, observed, context);
    const opening = await letIn(request, observed, made, what.continuation, context, tenure);
    await openDeployment(opening, context, tenure);
    end = await attempt(opening, made, context, tenure);
  }
  const proven = await anchorEnd(end, context, tenure.leave);
  return reportOf("deploy", release, lastKnownGood, proven, context);
}

/** Decides what this run is an attempt of, and whether the gates let it in. Changes nothing. */
async function letIn(
  request: DeployRequest,
  observed: Observed,
  made: MadePlan,
  continuation: Opening["continuation"],
  context: RunContext,
  { caller }: Tenure,
): Promise<Opening> {
  const { release, plan: saved } = request;
  const { deploymentId, earlier } = await identify(continuation, context);
  if (saved !== undefined && saved.fingerprint !== earlier.planSha256) {
    refuse(planDifferences(saved, made.plan), "verifyFailed");
  }

  // A resumed deployment keeps the plan that it was let in with: it has changed what the plan was made of.
  const planSha256 = earlier.planSha256 ?? made.plan.fingerprint;
  const breakGlass = request.breakGlass ?? earlier.brokenGlass;
  const gates = made.complete
    ? await askGates({ release, planSha256, deploymentId, caller, breakGlass }, context)
    : undefined;
  return {
    purpose: "deploy",
    release,
    observed,
    continuation,
    deploymentId,
    earlier,
    letIn: gates === undefined ? undefined : { plan: made.plan, planSha256, gates },
  };
}

async function attempt(
  opening: Opening,
  made: MadePlan,
  context: RunContext,
  tenure: Tenure,
): Promise<Compensated> {
  const { release, earlier, observed } = opening;
  const { lastKnownGood, latest } = observed;
  const { steps } = context;
  const progress: Progress = {
    moved: earlier.moved,
    // An interrupted deployment has been undone by its own run; a killed one has not.
    mutated: earlier.mutated && latest?.outcome === undefined,
    target: undefined,
    applied: appliedBefore(release, earlier, made),
  };

  let end: Compensated;
  try {
    const urls = await forward(opening, made, progress, context, tenure);
    end = { outcome: "deployed", problems: [], running: release.id, urls };
  } catch (error) {
    steps.giveUpWithoutLedger(error, progress.moved);
    if (isBug(error) && !progress.moved) {
      await steps.end("failed", { problems: problemsOf(error), running: lastKnownGood?.release.id ?? null });
      throw error;
    }
    const crossed = lastKnownGood ? contractsUnknownTo(lastKnownGood.release, progress.applied) : [];
    end = await compensate(error, { ...progress, lastKnownGood, crossed }, context, tenure.leave);
  }
  await steps.end(end.outcome, { problems: end.problems, running: end.running });
  return end;
}

/**
 * Migrations that are applied before this run does anything: all that the release has and the database does not wait for.
 * Where the database cannot be asked, those that an earlier attempt may have applied.
 */
function appliedBefore(
  release: Release,
  earlier: Opening["earlier"],
  { plan, complete }: MadePlan,
): readonly ReleaseMigration[] {
  if (!complete) return earlier.pending;
  const pending = new Set(plan.migrations.pending.map(({ file }) => file));
  return release.migrations.filter(({ file }) => !pending.has(file));
}

function refuse(
  problems: ConstructorParameters<typeof SlipwayError>[0],
  exit: "usage" | "verifyFailed",
): void {
  if (Array.isArray(problems) && problems.length > 0) throw new SlipwayError(problems, exit);
}
