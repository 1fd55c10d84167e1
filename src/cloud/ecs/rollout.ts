import { breakerThreshold } from "./breaker-threshold.ts";
import { abort, beginDeployment, complete, fail, rollBack } from "./rollout-turns.ts";
import type {
  Rollout,
  RolloutAction,
  RolloutEvent,
  RolloutRules,
  RolloutTask,
  RolloutWorld,
} from "./rollout-types.ts";

/** A service that runs nothing yet. */
export function newRollout(rules: RolloutRules): Rollout {
  return { rules, deployments: [], tasks: [], stories: [], lastCompleted: undefined, steady: false };
}

/**
 * One step of a rolling deployment: what was, what happened → what is, and what is to be done.
 *
 * Everything that a service does follows from here: it starts tasks of the primary deployment while fewer than
 * `maximumPercent` of the desired ones exist, stops older ones while `minimumHealthyPercent` stay healthy, gives up
 * when too many fail, and goes back. The rollout that is passed in is not changed.
 */
export function advance(
  before: Rollout,
  event: RolloutEvent,
  world: RolloutWorld,
): { readonly rollout: Rollout; readonly actions: RolloutAction[] } {
  const rollout = structuredClone(before);
  const actions: RolloutAction[] = [];
  take(rollout, event, actions, world);
  settle(rollout, actions, world);
  return { rollout, actions };
}

function take(rollout: Rollout, event: RolloutEvent, actions: RolloutAction[], world: RolloutWorld): void {
  const story = rollout.stories[0];
  switch (event.kind) {
    case "deploy":
      beginDeployment(rollout, event, actions, world);
      return;
    case "change-rules":
      rollout.rules = { ...rollout.rules, ...event.rules };
      rollout.steady = false;
      return;
    case "stop":
      if (story === undefined) return;
      story.status = event.how === "ROLLBACK" ? "ROLLBACK_REQUESTED" : "STOP_REQUESTED";
      story.updatedAt = world.now;
      actions.push({ kind: "wake", at: world.now });
      return;
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
    case "tick":
      onTick(rollout, actions, world);
      return;
  }
}

function onTick(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const story = rollout.stories[0];
  if (story?.status === "PENDING") {
    story.status = "IN_PROGRESS";
    story.startedAt = story.updatedAt = world.now;
  } else if (story?.status === "ROLLBACK_REQUESTED") {
    rollBack(
      rollout,
      "Service deployment was rolled back by a StopServiceDeployment request.",
      actions,
      world,
    );
  } else if (story?.status === "STOP_REQUESTED") abort(rollout, actions, world);
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

function settle(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const story = rollout.stories[0];
  const primary = rollout.deployments[0];
  if (story === undefined || primary === undefined || story.status === "PENDING") return;
  if (story.status === "ROLLBACK_REQUESTED" || story.status === "STOP_REQUESTED") return;

  const { breaker, desired } = rollout.rules;
  if (primary.state === "IN_PROGRESS") {
    if (story.rollback === undefined) {
      story.failures = primary.failures;
      story.threshold = breakerThreshold(breaker, desired);
    }
    if (breaker.enable && primary.failures >= breakerThreshold(breaker, desired))
      fail(rollout, actions, world);
  }
  startAndStop(rollout, actions, world);
  complete(rollout, actions, world);
}

function startAndStop(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const primary = rollout.deployments[0];
  if (primary === undefined) return;
  // A deployment that failed starts nothing more and takes nothing away from what still runs, until all is to end.
  if (primary.state === "FAILED" && rollout.rules.desired > 0) return;
  const { desired, minimumHealthyPercent, maximumPercent } = rollout.rules;
  const most = Math.floor((desired * maximumPercent) / 100);
  const least = Math.ceil((desired * minimumHealthyPercent) / 100);
  const present = rollout.tasks.filter((task) => task.phase !== "leaving");
  const ours = present.filter((task) => task.deployment === primary.id);
  const theirs = present.filter((task) => task.deployment !== primary.id);

  const surplus = bySpendability(ours).slice(0, Math.max(ours.length - desired, 0));
  let spare = present.filter((task) => task.phase === "healthy").length - least;
  for (const task of bySpendability(theirs)) {
    if (task.phase === "healthy") {
      if (spare <= 0) continue;
      spare -= 1;
    }
    surplus.push(task);
  }
  for (const task of surplus) {
    task.phase = "leaving";
    actions.push({
      kind: "stop-task",
      task: task.id,
      reason: `Scaling activity initiated by (deployment ${primary.id})`,
    });
  }

  const room = most - (present.length - surplus.length);
  const missing = Math.min(desired - ours.length, room);
  if (missing <= 0) return;
  rollout.steady = false;
  if (world.now < primary.notBefore) {
    actions.push({ kind: "wake", at: primary.notBefore });
    return;
  }
  const started = Array.from({ length: missing }, () => world.newTask());
  for (const task of started) {
    rollout.tasks.push({ id: task, deployment: primary.id, phase: "starting" });
    actions.push({
      kind: "start-task",
      task,
      deployment: primary.id,
      taskDefinition: primary.taskDefinition,
    });
  }
  const names = started.map((task) => `(task ${task})`).join(" ");
  actions.push({ kind: "say", message: `has started ${started.length} tasks: ${names}.` });
}

/** Those that serve nobody first. */
function bySpendability(tasks: readonly RolloutTask[]): RolloutTask[] {
  const order = { starting: 0, running: 1, healthy: 2, leaving: 3 };
  return tasks.toSorted((a, b) => order[a.phase] - order[b.phase]);
}
