import type { Rollout } from "./types.ts";

/** The newest story ends without success. What runs is left as it is. */
export function endStory(
  rollout: Rollout,
  status: "STOPPED" | "ROLLBACK_FAILED",
  reason: string,
  now: number,
): void {
  const story = rollout.stories[0];
  if (story === undefined) return;
  story.status = status;
  story.statusReason = reason;
  story.updatedAt = story.finishedAt = now;
  if (status === "STOPPED") story.stoppedAt = now;
}
