import type { RolloutProgress } from "./service.ts";

export type Move =
  | { readonly kind: "wait"; readonly says: string }
  | { readonly kind: "arrived" }
  | { readonly kind: "failed"; readonly code: string; readonly says: string };

/**
 * What one look at our rollout means. The platform's own rollback is a failure, and is waited for until it has ended,
 * so that the next move finds it at rest.
 */
export function nextMove(
  progress: RolloutProgress,
  wanted: { readonly revision: string; readonly desired: number },
  time: { readonly waitedMs: number; readonly limitMs: number },
): Move {
  const why = progress.reason === "" ? "the platform gave no reason" : progress.reason;
  switch (progress.state) {
    case "successful":
      return arrival(progress, wanted);
    case "rolled-back":
      return failed("ROLLOUT_ROLLED_BACK", `the platform rolled it back: ${why}`);
    case "rollback-failed":
      return failed("ROLLOUT_ROLLBACK_FAILED", `the platform could not roll it back: ${why}`);
    case "stopped":
      return failed("ROLLOUT_STOPPED", `somebody stopped it: ${why}`);
    case "pending":
    case "in-progress":
    case "rolling-back":
      if (time.waitedMs >= time.limitMs) {
        return failed(
          "ROLLOUT_TIMED_OUT",
          `${tasks(progress)} after ${Math.round(time.limitMs / 1000)} s (${progress.state})`,
        );
      }
      return {
        kind: "wait",
        says: progress.state === "rolling-back" ? `the platform rolls it back: ${why}` : tasks(progress),
      };
    default:
      return progress.state satisfies never;
  }
}

// "Successful" is said of an id; it is ours only when it brought our revision, and alive only when something runs.
function arrival(
  progress: RolloutProgress,
  wanted: { readonly revision: string; readonly desired: number },
): Move {
  if (progress.revision !== wanted.revision) {
    return failed("ROLLOUT_OTHER_REVISION", `it brought ${progress.revision}, not ${wanted.revision}`);
  }
  return progress.running >= wanted.desired ? { kind: "arrived" } : { kind: "wait", says: tasks(progress) };
}

function tasks({ running, desired, pending, failed: broken }: RolloutProgress): string {
  const extra = [pending > 0 ? `${pending} starting` : "", broken > 0 ? `${broken} failed` : ""].filter(
    Boolean,
  );
  return [`${running} of ${desired} tasks run`, ...extra].join(", ");
}

function failed(code: string, says: string): Move {
  return { kind: "failed", code, says };
}
