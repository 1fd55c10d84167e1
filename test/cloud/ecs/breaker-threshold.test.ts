import { expect, test } from "vitest";
import { breakerThreshold } from "../../../src/cloud/ecs/rollout/breaker-threshold.ts";

const rules = (type: "BOUNDED_PERCENT" | "UNBOUNDED_PERCENT" | "COUNT", value: number) => ({
  enable: true,
  rollback: true,
  resetOnHealthyTask: true,
  threshold: { type, value },
});

test.each([
  ["half of the desired tasks, but at least 3", rules("BOUNDED_PERCENT", 50), 1, 3],
  ["half of the desired tasks, rounded up", rules("BOUNDED_PERCENT", 50), 25, 13],
  ["half of the desired tasks, but at most 200", rules("BOUNDED_PERCENT", 50), 1000, 200],
  ["a percentage without bounds", rules("UNBOUNDED_PERCENT", 50), 1000, 500],
  ["a number as it is", rules("COUNT", 1), 1000, 1],
])("it is %s", (_name, given, desired, expected) => {
  expect(breakerThreshold(given, desired)).toBe(expected);
});
