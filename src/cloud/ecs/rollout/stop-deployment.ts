import { endStory } from "./end-story.ts";
import type { Rollout, RolloutAction, RolloutWorld } from "./types.ts";

/** Stopped where it is: what runs goes on running, nothing more is started or taken away. */
export function stopDeployment(rollout: Rollout, actions: RolloutAction[], world: RolloutWorld): void {
  const primary = rollout.deployments[0];
  if (primary === undefined) return;
  primary.state = "FAILED";
  primary.reason = `ECS deployment ${primary.id} was stopped.`;
  primary.updatedAt = world.now;
  endStory(
    rollout,
    "STOPPED",
    "Service deployment was stopped by a StopServiceDeployment request.",
    world.now,
  );
  actions.push({ kind: "say", message: `(deployment ${primary.id}) was stopped.` });
}
