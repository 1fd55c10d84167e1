import type { Service, TaskDefinition } from "@aws-sdk/client-ecs";
import type { RolloutSettings } from "../../core/deployment/service.ts";
import type { TargetTiming } from "./load-balancer.ts";

// What ECS takes where nothing is set: 30 s between SIGTERM and SIGKILL on Fargate, and up to twice the tasks.
const STOP_SECONDS = 30;
const MAXIMUM_PERCENT = 200;

/** What bounds a change of the service, from what ECS and the load balancer are set to. */
export function rolloutSettings(
  { deploymentConfiguration }: Service,
  definition: TaskDefinition | undefined,
  timing: TargetTiming,
): RolloutSettings {
  const stops = (definition?.containerDefinitions ?? []).map(
    ({ stopTimeout }) => stopTimeout ?? STOP_SECONDS,
  );
  const maximum = deploymentConfiguration?.maximumPercent ?? MAXIMUM_PERCENT;
  return {
    ...timing,
    stopSeconds: stops.length === 0 ? STOP_SECONDS : Math.max(...stops),
    surge: Math.max(0, maximum / 100 - 1),
  };
}
