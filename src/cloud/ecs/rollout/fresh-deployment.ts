import type { RolloutDeployment } from "./types.ts";

/** A deployment that has started nothing and seen nothing fail yet. Times are milliseconds since the epoch. */
export function freshDeployment(
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
