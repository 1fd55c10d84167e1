import { breakerThreshold } from "./breaker-threshold.ts";
import type { Rollout, RolloutAction, RolloutDeployment, RolloutWorld } from "./rollout-types.ts";

// The turns a deployment takes: begins, completes, fails, goes back, is stopped. Each changes the rollout it is given.

/** AWS keeps the service deployments of 90 days; this many are enough to look back on. */
const STORIES_KEPT = 50;

export function beginDeployment(
  rollout: Rollout,
  what: { readonly revision: string; readonly taskDefinition: string },
  actions: RolloutAction[],
  world: RolloutWorld,
): void {
  const { now } = world;
  const before = rollout.stories[0];
  if (before !== undefined && before.finishedAt === undefined) {
    before.status = "STOPPED";
    before.statusReason = "Service deployment was replaced by a newer service deployment.";
    before.updatedAt = before.finishedAt = before.stoppedAt = now;
  }
  const busy = new Set(rollout.tasks.map((task) => task.deployment));
  const sources = rollout.deployments.filter((one) => busy.has(one.id)).map((one) => one.revision);
  const primary = freshDeployment(world.newDeployment(), what, now, now);
  primary.reason = `ECS deployment ${primary.id} in progress.`;
  rollout.deployments = [primary, ...rollout.deployments];
  rollout.steady = false;
  rollout.stories = [
    {
      id: world.newStory(),
      deployment: primary.id,
      revision: what.revision,
      sources: [...new Set(sources)],
      createdAt: now,
      startedAt: undefined,
      updatedAt: now,
      finishedAt: undefined,
      stoppedAt: undefined,
      status: "PENDING" as const,
      statusReason: undefined,
      rollback: undefined,
      failures: 0,
      threshold: breakerThreshold(rollout.rules.breaker, rollout.rules.desired),
      triggered: false,
    },
    ...rollout.stories,
  ].slice(0, STORIES_KEPT);
  actions.push({ kind: "wake", at: now });
}

/** Marks the primary deployment completed when all it wanted is healthy and nothing of the others is left. */
export function complete(rollout: Rollout, actions: RolloutAction[], { now }: RolloutWorld): void {
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

/** The circuit breaker opens: no more tasks of this deployment, and back to the last completed one where that is asked for. */
export function fail(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const primary = rollout.deployments[0];
  const story = rollout.stories[0];
  if (primary === undefined || story === undefined) return;
  const reason = "tasks failed to start.";
  primary.state = "FAILED";
  primary.reason = `ECS deployment circuit breaker: ${reason}`;
  primary.updatedAt = world.now;
  actions.push({ kind: "say", message: `(deployment ${primary.id}) deployment failed: ${reason}` });
  if (story.rollback !== undefined) {
    end(rollout, "ROLLBACK_FAILED", primary.reason, world.now);
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
  end(
    rollout,
    "STOPPED",
    "Service deployment stopped because the circuit breaker threshold was exceeded.",
    world.now,
  );
}

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
    end(rollout, "ROLLBACK_FAILED", "There is no completed service deployment to roll back to.", world.now);
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

/** Stopped where it is: what runs goes on running, nothing more is started or taken away. */
export function abort(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const primary = rollout.deployments[0];
  if (primary === undefined) return;
  primary.state = "FAILED";
  primary.reason = `ECS deployment ${primary.id} was stopped.`;
  primary.updatedAt = world.now;
  end(rollout, "STOPPED", "Service deployment was stopped by a StopServiceDeployment request.", world.now);
  actions.push({ kind: "say", message: `(deployment ${primary.id}) was stopped.` });
}

function end(rollout: Rollout, status: "STOPPED" | "ROLLBACK_FAILED", reason: string, now: number): void {
  const story = rollout.stories[0];
  if (story === undefined) return;
  story.status = status;
  story.statusReason = reason;
  story.updatedAt = story.finishedAt = now;
  if (status === "STOPPED") story.stoppedAt = now;
}

function freshDeployment(
  id: string,
  what: { readonly revision: string; readonly taskDefinition: string },
  createdAt: number,
  now: number,
): RolloutDeployment {
  return {
    id,
    revision: what.revision,
    taskDefinition: what.taskDefinition,
    createdAt,
    updatedAt: now,
    state: "IN_PROGRESS",
    reason: "",
    failedTasks: 0,
    failures: 0,
    inARow: 0,
    notBefore: 0,
  };
}
