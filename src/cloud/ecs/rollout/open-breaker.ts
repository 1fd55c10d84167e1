import { endStory } from "./end-story.ts";
import { rollBack } from "./roll-back.ts";
import type { Rollout, RolloutAction, RolloutWorld } from "./types.ts";

/** The circuit breaker opens: no more tasks of this deployment, and back to the last completed one where that is asked for. */
export function openBreaker(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const primary = rollout.deployments[0];
  const story = rollout.stories[0];
  if (primary === undefined || story === undefined) return;
  const reason = "tasks failed to start.";
  primary.state = "FAILED";
  primary.reason = `ECS deployment circuit breaker: ${reason}`;
  primary.updatedAt = world.now;
  actions.push({ kind: "say", message: `(deployment ${primary.id}) deployment failed: ${reason}` });
  if (story.rollback !== undefined) {
    endStory(rollout, "ROLLBACK_FAILED", primary.reason, world.now);
    return;
  }
  story.triggered = true;
  story.failures = primary.failures;
  if (rollout.rules.breaker.rollback && rollout.lastCompleted !== undefined) {
    rollBack(
      rollout,
      "Service deployment rolled back because the circuit breaker threshold was exceeded.",
      actions,
      world,
    );
    return;
  }
  endStory(
    rollout,
    "STOPPED",
    "Service deployment stopped because the circuit breaker threshold was exceeded.",
    world.now,
  );
}
