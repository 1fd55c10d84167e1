import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { earlierAttempts } from "../core/deployment/earlier-attempts.ts";
import { tellMigrationsLeft } from "../core/deployment/migrations-left.ts";
import { driftedComponents, isLeftOpen, type Observed } from "../core/deployment/plan.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import type { DeploymentSummary } from "../core/deployment/types.ts";
import type { SchemaStop } from "../core/deployment/schema-stop.ts";
import { sentence, SlipwayError } from "../core/errors.ts";
import type { Release } from "../core/release/types.ts";
import { admit } from "./admit.ts";
import { anchorEnd } from "./anchor-end.ts";
import { deployUnderLease } from "./deploy-under-lease.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { observe } from "./observe.ts";
import { identify } from "./open-deployment.ts";
import { isSchemaBack, readMigrationsLeft } from "./read-migrations-left.ts";
import { recordSchemaBack } from "./record-schema-back.ts";
import { reportOf } from "./report-of.ts";
import { rollbackUnderLease } from "./rollback-under-lease.ts";
import { newRun, type RunContext, type StopSignals } from "./run-context.ts";
import { urlsOf } from "./smoke.ts";
import { stopBroken } from "./stop-broken.ts";
import { underLease, type Tenure } from "./under-lease.ts";

/**
 * Ends what was killed or interrupted in an environment, without a person: with the release that the ledger holds, to
 * the new one or back to the old one. Where the way back failed, or something else runs than the last known good
 * release, it goes back to that one. Where nothing is left to end it anchors what is not anchored yet.
 */
export async function resume(
  request: { readonly config: Config; readonly environment: EnvironmentConfig },
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<DeploymentReport> {
  const context = newRun(request, ports);
  return underLease(
    { ...request, purpose: "resume", timed: true },
    context.steps,
    ports,
    signals,
    async (tenure) => resumeUnderLease(request, context, tenure),
  );
}

async function resumeUnderLease(
  request: { readonly config: Config; readonly environment: EnvironmentConfig },
  context: RunContext,
  tenure: Tenure,
): Promise<DeploymentReport> {
  const { config, environment, plans, ports, steps } = context;
  const observed = await observe(config.app, environment.name, plans, ports);
  const { latest, lastKnownGood } = observed;

  if (!isLeftOpen(latest)) {
    const { stop, open } = await readMigrationsLeft(request, ports);
    if (stop !== undefined && (await isSchemaBack(stop, request, ports))) {
      await recordSchemaBack(stop, context, tenure);
    } else if (stop !== undefined) {
      // A person must: what may be done without one is only to bring the code back.
      steps.warn(sentence(stop.problem));
      if (driftedComponents(observed).length === 0) return stillStopped(stop, observed, context, tenure);
    }
    for (const note of tellMigrationsLeft({ stop: undefined, open })) steps.warn(note);
    if (lastKnownGood !== undefined && (await isOffItsGround(observed, context)))
      return rollbackUnderLease(lastKnownGood.release.id, context, tenure, { astray: true });
    if (latest !== undefined && leftBrokenServices(observed)) {
      const release = await storedRelease(latest, context);
      const stopped = await stopBroken(latest.deploymentId, release, observed, context, tenure);
      return reportOf("deploy", release, undefined, await anchorEnd(stopped, context, tenure.leave), context);
    }
    const running = lastKnownGood?.release.id ?? null;
    const urls = lastKnownGood === undefined ? {} : await urlsOf(plans, environment, ports);
    const end = await anchorEnd(
      { outcome: "nothing-to-do", problems: [], running, urls },
      context,
      tenure.leave,
    );
    return reportOf("deploy", lastKnownGood?.release, lastKnownGood, end, context);
  }

  if (latest.purpose === "rollback") return rollbackUnderLease(latest.releaseId, context, tenure);
  const release = await storedRelease(latest, context);
  await admit(release, context, tenure.stop);
  return deployUnderLease({ ...request, release }, context, tenure);
}

/** Nobody has brought the schema back, so nothing is resumed: it is said again. */
async function stillStopped(
  { problem, run, deploymentId }: SchemaStop,
  { lastKnownGood }: Observed,
  context: RunContext,
  tenure: Tenure,
): Promise<DeploymentReport> {
  const { environment, plans, ports } = context;
  const release =
    run === "deployment" ? await storedRelease({ deploymentId }, context) : lastKnownGood?.release;
  const running = lastKnownGood?.release.id ?? null;
  const urls = lastKnownGood === undefined ? {} : await urlsOf(plans, environment, ports);
  const end = { outcome: "rollback-failed", problems: [problem], running, urls } as const;
  return reportOf("deploy", release, lastKnownGood, await anchorEnd(end, context, tenure.leave), context);
}

/** Something else may run than the last known good release, or that one has not been proven since it was returned to. */
async function isOffItsGround(observed: Observed, { ports }: RunContext): Promise<boolean> {
  const { latest } = observed;
  if (driftedComponents(observed).length > 0) return true;
  if (latest?.outcome !== "rollback-failed") return false;
  // A rollback that had to return to where it began, and has proven it there, has failed and is at rest.
  return (
    latest.purpose === "deploy" || earlierAttempts(await ports.journal.records(latest.deploymentId)).moved
  );
}

/** A first deployment failed and could not be stopped. */
function leftBrokenServices({ latest, lastKnownGood, services }: Observed): boolean {
  const running = Object.values(services).some((service) => (service?.desired ?? 0) > 0);
  return lastKnownGood === undefined && latest?.outcome === "rollback-failed" && running;
}

/** The release of a deployment as the ledger keeps it, if it is what the deployment's first record says. */
async function storedRelease(
  { deploymentId }: Pick<DeploymentSummary, "deploymentId">,
  context: RunContext,
): Promise<Release> {
  const { ports, environment } = context;
  const release = await ports.releases.manifestOf(deploymentId);
  const { earlier } = await identify({ resume: deploymentId, abandoned: undefined }, context);
  if (release !== undefined && earlier.releaseSha256 === ports.fingerprintOf(release)) return release;
  throw new SlipwayError(
    {
      code: "RESUME_UNKNOWN",
      at: deploymentId,
      says:
        release === undefined
          ? "the ledger does not hold its release"
          : "the release that the ledger holds is not the one that its first record names",
      hint: `deploy with its manifest, or go back: slipway rollback --env=${environment.name}`,
    },
    "verifyFailed",
  );
}
