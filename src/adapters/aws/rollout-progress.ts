import type { ServiceDeployment, ServiceDeploymentStatus } from "@aws-sdk/client-ecs";
import type { RolloutProgress } from "../../core/deployment/service.ts";

const STATES: Readonly<Record<ServiceDeploymentStatus, RolloutProgress["state"]>> = {
  PENDING: "pending",
  IN_PROGRESS: "in-progress",
  SUCCESSFUL: "successful",
  STOP_REQUESTED: "in-progress",
  STOPPED: "stopped",
  ROLLBACK_REQUESTED: "rolling-back",
  ROLLBACK_IN_PROGRESS: "rolling-back",
  ROLLBACK_SUCCESSFUL: "rolled-back",
  ROLLBACK_FAILED: "rollback-failed",
};

/** The states in which a service deployment has not ended. */
export const OPEN_STATES: ServiceDeploymentStatus[] = [
  "PENDING",
  "IN_PROGRESS",
  "STOP_REQUESTED",
  "ROLLBACK_REQUESTED",
  "ROLLBACK_IN_PROGRESS",
];

/** A service deployment in our words. `revision` is its target's task definition. */
export function toProgress(deployment: ServiceDeployment, revision: string): RolloutProgress {
  const target = deployment.targetServiceRevision;
  const failed = deployment.deploymentCircuitBreaker?.failureCount ?? 0;
  return {
    // A state that this version does not know is not an end.
    state: STATES[deployment.status ?? "PENDING"] ?? "in-progress",
    revision,
    reason: [...new Set([deployment.statusReason, deployment.rollback?.reason])].filter(Boolean).join("; "),
    desired: target?.requestedTaskCount ?? 0,
    running: target?.runningTaskCount ?? 0,
    pending: target?.pendingTaskCount ?? 0,
    failed,
  };
}
