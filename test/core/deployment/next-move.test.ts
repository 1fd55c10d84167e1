import { describe, expect, test } from "vitest";
import { nextMove } from "../../../src/core/deployment/next-move.ts";
import type { RolloutProgress } from "../../../src/core/deployment/service.ts";

const WANTED = { revision: "api:2", desired: 2 };
const EARLY = { waitedMs: 1000, limitMs: 60_000 };
const LATE = { waitedMs: 60_000, limitMs: 60_000 };

const progress = (
  state: RolloutProgress["state"],
  changes: Partial<RolloutProgress> = {},
): RolloutProgress => ({
  state,
  revision: "api:2",
  reason: "",
  desired: 2,
  running: 0,
  pending: 0,
  failed: 0,
  ...changes,
});

const failed = (code: string, says: string) => ({ kind: "failed", code, says });

describe("a look at our rollout means", () => {
  test.each([
    [
      "waiting for tasks",
      progress("in-progress", { running: 1, pending: 1 }),
      "1 of 2 tasks run, 1 starting",
    ],
    ["waiting while some fail", progress("in-progress", { failed: 2 }), "0 of 2 tasks run, 2 failed"],
    ["waiting for the platform to begin", progress("pending"), "0 of 2 tasks run"],
    [
      "waiting for the platform's rollback to end",
      progress("rolling-back", { reason: "tasks failed to start" }),
      "the platform rolls it back: tasks failed to start",
    ],
    [
      "waiting when it is done before its tasks run",
      progress("successful", { running: 1 }),
      "1 of 2 tasks run",
    ],
  ])("%s", (_what, look, says) => {
    expect(nextMove(look, WANTED, EARLY)).toEqual({ kind: "wait", says });
  });

  test("arrival, when it is done at our revision and everything runs", () => {
    expect(nextMove(progress("successful", { running: 2 }), WANTED, EARLY)).toEqual({ kind: "arrived" });
  });

  test.each([
    [
      "the platform's rollback is over",
      progress("rolled-back", { reason: "breaker" }),
      failed("ROLLOUT_ROLLED_BACK", "the platform rolled it back: breaker"),
    ],
    [
      "its rollback failed, for no reason given",
      progress("rollback-failed"),
      failed("ROLLOUT_ROLLBACK_FAILED", "the platform could not roll it back: the platform gave no reason"),
    ],
    [
      "somebody stopped it",
      progress("stopped", { reason: "by hand" }),
      failed("ROLLOUT_STOPPED", "somebody stopped it: by hand"),
    ],
    [
      "it brought another revision",
      progress("successful", { revision: "api:1", running: 2 }),
      failed("ROLLOUT_OTHER_REVISION", "it brought api:1, not api:2"),
    ],
  ])("failure, when %s", (_what, look, move) => {
    expect(nextMove(look, WANTED, EARLY)).toEqual(move);
  });

  test.each(["pending", "in-progress", "rolling-back"] as const)(
    "failure, when it is still %s at the deadline",
    (state) => {
      expect(nextMove(progress(state), WANTED, LATE)).toEqual(
        failed("ROLLOUT_TIMED_OUT", `0 of 2 tasks run after 60 s (${state})`),
      );
    },
  );
});
