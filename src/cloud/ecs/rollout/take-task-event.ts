import type { Rollout, RolloutAction, RolloutEvent, RolloutTask, RolloutWorld } from "./types.ts";

type TaskEvent = Extract<RolloutEvent, { readonly task: string }>;

/** What a task's news changes: the task's own phase, and what the circuit breaker counts. */
export function takeTaskEvent(
  rollout: Rollout,
  event: TaskEvent,
  actions: RolloutAction[],
  world: RolloutWorld,
): void {
  switch (event.kind) {
    case "task-running":
      become(rollout, event.task, "running");
      return;
    case "task-healthy":
      becomeHealthy(rollout, event.task);
      return;
    case "task-unhealthy":
      becomeUnhealthy(rollout, event.task, event.reason, actions, world);
      return;
    case "task-stopped":
      removeTask(rollout, event.task, event.failed, world);
      return;
  }
}

function become(rollout: Rollout, id: string, phase: RolloutTask["phase"]): void {
  const task = rollout.tasks.find((one) => one.id === id);
  if (task !== undefined && task.phase !== "leaving") task.phase = phase;
}

function becomeHealthy(rollout: Rollout, id: string): void {
  become(rollout, id, "healthy");
  const deployment = rollout.deployments.find(
    (one) => one.id === rollout.tasks.find((task) => task.id === id)?.deployment,
  );
  if (deployment === undefined) return;
  deployment.inARow = 0;
  deployment.notBefore = 0;
  if (rollout.rules.breaker.resetOnHealthyTask) deployment.failures = 0;
}

function becomeUnhealthy(
  rollout: Rollout,
  id: string,
  reason: string,
  actions: RolloutAction[],
  world: RolloutWorld,
): void {
  const task = rollout.tasks.find((one) => one.id === id);
  if (task === undefined || task.phase === "leaving") return;
  countFailure(rollout, task, world);
  task.phase = "leaving";
  actions.push({ kind: "stop-task", task: id, reason });
}

function removeTask(rollout: Rollout, id: string, failed: boolean, world: RolloutWorld): void {
  const task = rollout.tasks.find((one) => one.id === id);
  if (task === undefined) return;
  // One that was told to stop has been counted already, if it was a failure.
  if (failed && task.phase !== "leaving") countFailure(rollout, task, world);
  rollout.tasks = rollout.tasks.filter((one) => one !== task);
}

function countFailure(rollout: Rollout, task: RolloutTask, world: RolloutWorld): void {
  const deployment = rollout.deployments.find((one) => one.id === task.deployment);
  if (deployment === undefined) return;
  deployment.failedTasks += 1;
  deployment.inARow += 1;
  deployment.updatedAt = world.now;
  if (deployment.state === "IN_PROGRESS") deployment.failures += 1;
  // Two quick tries, then slower and slower, as the scheduler of AWS does.
  const doublings = Math.min(deployment.inARow - 3, 6);
  if (doublings >= 0) deployment.notBefore = world.now + rollout.rules.restartDelayMs * 2 ** doublings;
}
