import type { Task } from "@aws-sdk/client-ecs";
import type { StoppedTask } from "../../core/deployment/service.ts";

/** A stopped task in our words: the container's own reason before the platform's. */
export function toStoppedTask(task: Task): StoppedTask {
  const container = task.containers?.find(({ exitCode }) => exitCode !== undefined) ?? task.containers?.[0];
  return {
    task: task.taskArn?.split("/").at(-1) ?? "",
    revision: task.taskDefinitionArn ?? "",
    reason: [container?.reason, task.stoppedReason].filter(Boolean).join("; "),
    exitCode: container?.exitCode,
  };
}
