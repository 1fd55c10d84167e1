import { endStory } from "./end-story.ts";
import { freshDeployment } from "./fresh-deployment.ts";
import type { Rollout, RolloutAction, RolloutWorld } from "./types.ts";

/**
 * The deployment that completed last takes the lead again, under its own id, as on AWS. It cannot be gone back to a
 * second time before it has completed again. Without such a deployment the rollback has failed before it began.
 */
export function rollBack(
  rollout: Rollout,
  reason: string,
  actions: RolloutAction[],
  world: RolloutWorld,
): void {
  const story = rollout.stories[0];
  const failed = rollout.deployments[0];
  const back = rollout.lastCompleted;
  if (story === undefined || failed === undefined) return;
  if (back === undefined) {
    endStory(
      rollout,
      "ROLLBACK_FAILED",
      "There is no completed service deployment to roll back to.",
      world.now,
    );
    return;
  }
  const byBreaker = failed.state === "FAILED";
  failed.state = "FAILED";
  failed.updatedAt = world.now;
  if (!byBreaker) failed.reason = `ECS deployment ${failed.id} was stopped.`;
  const earlier = rollout.deployments.find((one) => one.id === back.deployment);
  const primary = freshDeployment(back.deployment, back, earlier?.createdAt ?? world.now, world.now);
  primary.reason = `ECS deployment${byBreaker ? " circuit breaker" : ""}: rolling back to deploymentId ${back.deployment}.`;
  rollout.deployments = [primary, ...rollout.deployments.filter((one) => one.id !== back.deployment)];
  rollout.steady = false;
  rollout.lastCompleted = undefined;
  story.status = "ROLLBACK_IN_PROGRESS";
  story.rollback = { reason, startedAt: world.now, revision: back.revision };
  story.statusReason = reason;
  story.updatedAt = world.now;
  actions.push({ kind: "say", message: `rolling back to (deployment ${back.deployment}).` });
}
