import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import type { Plan } from "../core/plan/types.ts";
import type { Release } from "../core/release/types.ts";
import { admit } from "./admit.ts";
import { deployUnderLease } from "./deploy-under-lease.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { newRun, type StopSignals } from "./run-context.ts";
import { underLease } from "./under-lease.ts";

export interface DeployRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly release: Release;
  /** A saved plan: the deployment goes only while its fingerprint still holds. */
  readonly plan?: Plan | undefined;
  /** The reason for skipping windows, rate limit and approvals; a second person has to answer for it. */
  readonly breakGlass?: string | undefined;
}

/** Brings an environment to a release, or back to what it was. Throws faults that come before the first record. */
export async function deploy(
  request: DeployRequest,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<DeploymentReport> {
  const context = newRun(request, ports);
  await admit(request.release, context, signals.stop);

  const purpose = `deploy ${request.release.id}`;
  return underLease({ ...request, purpose, timed: true }, context.steps, ports, signals, async (tenure) =>
    deployUnderLease(request, context, tenure),
  );
}
