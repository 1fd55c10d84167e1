import { describe, expect, test } from "vitest";
import { chooseRecovery } from "../../../src/core/deployment/recovery.ts";
import { planDeployment, type Observed } from "../../../src/core/deployment/plan.ts";
import type { DeploymentSummary, KnownGood } from "../../../src/core/deployment/types.ts";
import { aRelease } from "../../builders/a-release.ts";

const GOOD: KnownGood = {
  deploymentId: "d1",
  purpose: "deploy",
  release: aRelease(1),
  revisions: { api: "api:1" },
  at: "2026-01-31T12:00:00Z",
};
const LATEST: DeploymentSummary = {
  deploymentId: "d1",
  purpose: "deploy",
  releaseId: aRelease(1).id,
  version: "1.0.0",
  actor: "somebody",
  outcome: "deployed",
  startedAt: "2026-01-31T11:59:00Z",
  endedAt: "2026-01-31T12:00:00Z",
};
const SERVICE = { revision: "api:1", image: "x", desired: 1, running: 1, underWay: undefined };

const observed = (changes: Partial<Observed> = {}): Observed => ({
  services: { api: SERVICE },
  lastKnownGood: GOOD,
  latest: LATEST,
  ...changes,
});
const goOn = (resume: string | undefined, abandoned: string | undefined) => ({
  kind: "deploy",
  continuation: { resume, abandoned },
});

describe("there is nothing to do", () => {
  test("when the release is last known good and runs as it was recorded", () => {
    expect(planDeployment(aRelease(1), observed())).toEqual({
      kind: "nothing-to-do",
      because: `${aRelease(1).id} runs since 2026-01-31T12:00:00Z`,
    });
  });
});

describe("there is something to do", () => {
  test.each<[string, Partial<Observed>]>([
    ["its service runs something else", { services: { api: { ...SERVICE, revision: "api:9" } } }],
    ["its service is gone", { services: { api: undefined } }],
    ["nothing of its service runs", { services: { api: { ...SERVICE, running: 0 } } }],
  ])("for the release that is last known good, when %s", (_what, changes) => {
    expect(planDeployment(aRelease(1), observed(changes))).toEqual(goOn(undefined, undefined));
  });

  test("for another release: a deployment of its own", () => {
    expect(planDeployment(aRelease(2), observed())).toEqual(goOn(undefined, undefined));
  });

  test("in an environment without a past", () => {
    const empty = observed({ services: {}, lastKnownGood: undefined, latest: undefined });
    expect(planDeployment(aRelease(1), empty)).toEqual(goOn(undefined, undefined));
  });

  test.each([undefined, "interrupted"] as const)(
    "and a deployment of it that is left %s is gone on with",
    (outcome) => {
      const latest = { ...LATEST, deploymentId: "d2", releaseId: aRelease(2).id, outcome };
      expect(planDeployment(aRelease(2), observed({ latest }))).toEqual(goOn("d2", undefined));
    },
  );

  test("but to close one that was killed after its commit", () => {
    const latest = { ...LATEST, outcome: undefined };
    const close = { kind: "close", continuation: { resume: "d1", abandoned: undefined } };

    expect(planDeployment(aRelease(1), observed({ latest }))).toEqual(close);
    const drifted = { api: { ...SERVICE, revision: "api:9" } };
    expect(planDeployment(aRelease(1), observed({ latest, services: drifted }))).toEqual(
      goOn("d1", undefined),
    );
  });

  test("and one of another release that was killed is closed", () => {
    const latest = { ...LATEST, deploymentId: "d2", releaseId: aRelease(2).id, outcome: undefined };
    expect(planDeployment(aRelease(3), observed({ latest }))).toEqual(goOn(undefined, "d2"));
    expect(planDeployment(aRelease(1), observed({ latest }))).toEqual(goOn(undefined, "d2"));
  });

  test("and a rollback to it that was killed is not taken for its deployment", () => {
    const latest = { ...LATEST, deploymentId: "d2", purpose: "rollback" as const, outcome: undefined };
    expect(planDeployment(aRelease(1), observed({ latest }))).toEqual(goOn(undefined, "d2"));
  });
});

test.each([
  [false, "failed", GOOD, { kind: "nothing-moved" }],
  [false, "interrupted", undefined, { kind: "nothing-moved" }],
  [true, "failed", GOOD, { kind: "roll-back", to: GOOD }],
  [true, "interrupted", GOOD, { kind: "roll-back", to: GOOD }],
  [true, "failed", undefined, { kind: "stop" }],
  [true, "interrupted", undefined, { kind: "leave" }],
] as const)("moved %s, %s: recovery", (moved, because, lastKnownGood, expected) => {
  expect(chooseRecovery({ moved, mutated: moved, because, lastKnownGood, crossed: [] })).toEqual(expected);
});

test.each([
  [true, true, "failed", { kind: "blocked", to: GOOD, files: ["0002.up.sql"] }],
  [false, true, "failed", { kind: "blocked", to: GOOD, files: ["0002.up.sql"] }],
  [true, true, "interrupted", { kind: "leave" }],
  [false, false, "failed", { kind: "nothing-moved" }],
  [false, false, "interrupted", { kind: "nothing-moved" }],
] as const)(
  "across a contract migration, moved %s, mutated %s, %s: recovery",
  (moved, mutated, because, expected) => {
    const crossed = ["0002.up.sql"];
    expect(chooseRecovery({ moved, mutated, because, lastKnownGood: GOOD, crossed })).toEqual(expected);
  },
);
