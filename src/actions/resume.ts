import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { isLeftOpen } from "../core/deployment/plan.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import type { DeploymentSummary } from "../core/deployment/types.ts";
import { SlipwayError } from "../core/errors.ts";
import type { Release } from "../core/release/types.ts";
import { admit } from "./admit.ts";
import { anchorEnd } from "./anchor-end.ts";
import { deployUnderLease } from "./deploy-under-lease.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { observe } from "./observe.ts";
import { identify } from "./open-deployment.ts";
import { reportOf } from "./report-of.ts";
import { rollbackUnderLease } from "./rollback-under-lease.ts";
import { newRun, type RunContext, type StopSignals } from "./run-context.ts";
import { urlsOf } from "./smoke.ts";
import { underLease, type Tenure } from "./under-lease.ts";

/**
 * Ends what was killed or interrupted in an environment, without a person: with the release that the ledger holds, to
 * the new one or back to the old one. Where nothing was left open it anchors what is not anchored yet.
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
  const { config, environment, plans, ports } = context;
  const { latest, lastKnownGood } = await observe(config.app, environment.name, plans, ports);

  if (!isLeftOpen(latest)) {
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

/** The release of a deployment as the ledger keeps it, if it is what the deployment's first record says. */
async function storedRelease({ deploymentId }: DeploymentSummary, context: RunContext): Promise<Release> {
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
