import type { RunsConfig } from "../config/database-types.ts";
import type { EnvironmentConfig, TaskEnvironment } from "../config/types.ts";
import { resourceName } from "../names.ts";
import type { WorkerSpec } from "./worker-spec.ts";

/** The worker of an environment as a task of ECS. Equal configs give equal specs, so registering twice changes nothing. */
export function planWorker(
  app: string,
  environment: EnvironmentConfig,
  runs: RunsConfig & { readonly as: "ecs-task" },
  secrets: WorkerSpec["secrets"],
): WorkerSpec {
  return {
    cluster: runs.cluster ?? environment.cluster,
    family: resourceName(app, environment.name, "slipway-worker"),
    container: "slipway-worker",
    image: runs.image,
    cpu: runs.cpu,
    memory: runs.memory,
    secrets,
    tasks: environment.tasks && placeOf(environment.tasks, runs),
  };
}

function placeOf(tasks: TaskEnvironment, runs: RunsConfig & { readonly as: "ecs-task" }): TaskEnvironment {
  return {
    executionRole: tasks.executionRole,
    // Not the app's own role: a worker needs no right of AWS.
    taskRole: runs.taskRole,
    subnets: runs.subnets ?? tasks.subnets,
    securityGroups: runs.securityGroups ?? tasks.securityGroups,
    publicAddress: tasks.publicAddress,
  };
}
