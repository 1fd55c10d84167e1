import { beginDeployment } from "./begin-deployment.ts";
import { breakerThreshold } from "./breaker-threshold.ts";
import { completeDeployment } from "./complete-deployment.ts";
import { openBreaker } from "./open-breaker.ts";
import { rollBack } from "./roll-back.ts";
import { scheduleTasks } from "./schedule-tasks.ts";
import { stopDeployment } from "./stop-deployment.ts";
import { takeTaskEvent } from "./take-task-event.ts";
import type { Rollout, RolloutAction, RolloutEvent, RolloutRules, RolloutWorld } from "./types.ts";

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

/** A service that runs nothing yet. */
export function newRollout(rules: RolloutRules): Rollout {
  return { rules, deployments: [], tasks: [], stories: [], lastCompleted: undefined, steady: false };
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
    case "task-healthy":
    case "task-unhealthy":
    case "task-stopped":
      takeTaskEvent(rollout, event, actions, world);
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
  } else if (story?.status === "STOP_REQUESTED") stopDeployment(rollout, actions, world);
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
      openBreaker(rollout, actions, world);
  }
  scheduleTasks(rollout, actions, world);
  completeDeployment(rollout, actions, world);
}
