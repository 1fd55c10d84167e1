import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { rollbackUnderLease } from "./rollback-under-lease.ts";
import { newRun, type StopSignals } from "./run-context.ts";
import { underLease } from "./under-lease.ts";

export interface RollbackRequest {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  /** Id of a known good release; undefined: the one before the current. */
  readonly to: string | undefined;
}

/**
 * Returns an environment to a known good release: the deployment's own machine, run backwards. Code goes back, the
 * schema stays. No gate is asked. Throws `ROLLBACK_NO_TARGET` and `ROLLBACK_CROSSES_CONTRACT` (exit 11) before
 * anything moves.
 */
export async function rollback(
  request: RollbackRequest,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<DeploymentReport> {
  const { to } = request;
  const context = newRun(request, ports);
  const purpose = to === undefined ? "rollback" : `rollback to ${to}`;
  return underLease({ ...request, purpose }, context.steps, ports, signals, async (tenure) =>
    rollbackUnderLease(to, context, tenure),
  );
}
