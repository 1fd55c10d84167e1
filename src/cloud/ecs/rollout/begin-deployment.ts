import { breakerThreshold } from "./breaker-threshold.ts";
import { endStory } from "./end-story.ts";
import { freshDeployment } from "./fresh-deployment.ts";
import type { Rollout, RolloutAction, RolloutWorld } from "./types.ts";

/** AWS keeps the service deployments of 90 days; this many are enough to look back on. */
const STORIES_KEPT = 50;

/** A new deployment takes the lead, and the story of the one before ends where it stands. */
export function beginDeployment(
  rollout: Rollout,
  what: { readonly revision: string; readonly taskDefinition: string },
  actions: RolloutAction[],
  world: RolloutWorld,
): void {
  const { now } = world;
  const before = rollout.stories[0];
  if (before !== undefined && before.finishedAt === undefined) {
    endStory(rollout, "STOPPED", "Service deployment was replaced by a newer service deployment.", now);
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
