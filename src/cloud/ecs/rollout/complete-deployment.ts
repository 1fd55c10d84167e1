import type { Rollout, RolloutAction, RolloutWorld } from "./types.ts";

/** Marks the primary deployment completed when all it wanted is healthy and nothing of the others is left. */
export function completeDeployment(rollout: Rollout, actions: RolloutAction[], { now }: RolloutWorld): void {
  const primary = rollout.deployments[0];
  const story = rollout.stories[0];
  if (primary === undefined || story === undefined || primary.state === "FAILED") return;
  const healthy = rollout.tasks.filter(
    (task) => task.deployment === primary.id && task.phase === "healthy",
  ).length;
  const alone = rollout.tasks.every((task) => task.deployment === primary.id && task.phase !== "leaving");
  if (!alone || healthy !== rollout.rules.desired) return;

  rollout.deployments = [primary];
  if (primary.state === "IN_PROGRESS") {
    primary.state = "COMPLETED";
    primary.reason = `ECS deployment ${primary.id} completed.`;
    primary.updatedAt = now;
    rollout.lastCompleted = {
      deployment: primary.id,
      revision: primary.revision,
      taskDefinition: primary.taskDefinition,
    };
    story.status = story.rollback === undefined ? "SUCCESSFUL" : "ROLLBACK_SUCCESSFUL";
    story.updatedAt = story.finishedAt = now;
    actions.push({ kind: "say", message: `(deployment ${primary.id}) deployment completed.` });
  }
  if (!rollout.steady) actions.push({ kind: "say", message: "has reached a steady state." });
  rollout.steady = true;
}
