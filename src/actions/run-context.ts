import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { planComponents, type ComponentPlan } from "../core/deployment/service-spec.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { Steps } from "./steps.ts";

/** How a person stops a run: the first Ctrl-C or SIGTERM undoes what was begun, the second one leaves at once. */
export interface StopSignals {
  readonly stop: AbortSignal;
  readonly leave: AbortSignal;
}

/** What every part of a deployment or a rollback has at hand. */
export interface RunContext {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly plans: readonly ComponentPlan[];
  readonly ports: DeploymentPorts;
  readonly steps: Steps;
}

/** The context of a new run. */
export function newRun(
  { config, environment }: { readonly config: Config; readonly environment: EnvironmentConfig },
  ports: DeploymentPorts,
): RunContext {
  return { config, environment, plans: planComponents(config, environment), ports, steps: new Steps(ports) };
}
