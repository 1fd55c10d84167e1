import type { ObservedService, StoppedTask } from "./service.ts";

/**
 * What one look at a service under watch shows: nothing (`undefined`), something that may be a late answer and counts
 * only when the next look shows it too (`doubt`), or a task of ours that ended (`failed`).
 */
export type WatchLook = { readonly kind: "doubt" | "failed"; readonly says: string } | undefined;

/** @param stopped tasks of the watched revision that stopped since the watch began */
export function watchLook(
  observed: ObservedService | undefined,
  wanted: { readonly revision: string; readonly desired: number },
  stopped: readonly StoppedTask[],
): WatchLook {
  const [first] = stopped;
  if (first !== undefined) {
    const exit = first.exitCode === undefined ? "" : `, exit code ${first.exitCode}`;
    return {
      kind: "failed",
      says: `task ${first.task} stopped: ${first.reason || "no reason given"}${exit}`,
    };
  }
  if (observed === undefined) return { kind: "doubt", says: "the service is gone" };
  if (observed.revision !== wanted.revision) {
    return { kind: "doubt", says: `the service is at ${observed.revision}, not at ${wanted.revision}` };
  }
  // Somebody's autoscaling may have changed the count; what counts is that all that should run does.
  const least = Math.min(wanted.desired, observed.desired);
  if (observed.running >= least && observed.running > 0) return undefined;
  return { kind: "doubt", says: `${observed.running} of ${observed.desired} tasks run` };
}
