import { describe, expect, test } from "vitest";
import { rollbackTooSlow, worstRollbackTime } from "../../../src/core/deployment/rollback-time.ts";

const AWS_DEFAULTS = {
  healthIntervalSeconds: 30,
  healthyThreshold: 5,
  drainSeconds: 300,
  stopSeconds: 30,
  surge: 1,
};
const TUNED = { healthIntervalSeconds: 5, healthyThreshold: 2, drainSeconds: 30, stopSeconds: 30, surge: 1 };

describe("the worst time of a rollback", () => {
  test.each([
    ["what AWS takes where nothing is set", [{ component: "api", desired: 2, settings: AWS_DEFAULTS }], 590],
    ["a target group that is set for it", [{ component: "api", desired: 2, settings: TUNED }], 180],
    [
      "tasks that are replaced half at a time",
      [{ component: "api", desired: 4, settings: { ...TUNED, surge: 0.5 } }],
      310,
    ],
    [
      "a surge of less than a task: still one at a time",
      [{ component: "api", desired: 3, settings: { ...TUNED, surge: 0.1 } }],
      440,
    ],
    [
      "several services, side by side: the slowest one",
      [
        { component: "api", desired: 2, settings: TUNED },
        { component: "mcp", desired: 2, settings: { ...TUNED, drainSeconds: 60 } },
      ],
      210,
    ],
    ["no service at all", [], 50],
  ])("%s", (_what, services, seconds) => {
    const time = worstRollbackTime(services, 20);

    expect(time.seconds).toBe(seconds);
    expect(time.parts.reduce((sum, part) => sum + part.seconds, 0)).toBe(seconds);
  });

  test("over the limit is a problem that says what each part costs and what to shorten first", () => {
    const time = worstRollbackTime([{ component: "api", desired: 2, settings: AWS_DEFAULTS }], 20);

    expect(rollbackTooSlow(time, 590, "here")).toBeUndefined();
    expect(rollbackTooSlow(time, 300, "environments/staging/rollbackLimitSeconds")).toEqual({
      code: "ROLLBACK_TOO_SLOW",
      at: "environments/staging/rollbackLimitSeconds",
      says:
        "a rollback could take 590 s, the limit is 300 s: 30 s calls of the platform, 60 s start of the tasks of api, " +
        "150 s health check of api (every 30 s, 5 times: the target group's interval and healthy threshold), " +
        "300 s draining of api (the target group's deregistration delay), " +
        "30 s stop of the old tasks of api (the container's stopTimeout), 20 s smoke test (smokeTimeoutSeconds)",
      hint: "shorten first: draining of api (the target group's deregistration delay); or raise rollbackLimitSeconds",
    });
  });
});
