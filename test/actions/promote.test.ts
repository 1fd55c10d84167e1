import { beforeEach, describe, expect, test } from "vitest";
import { deploy } from "../../src/actions/deploy.ts";
import { promoteThrough, releaseOf } from "../../src/actions/promote.ts";
import { describePromotion } from "../../src/core/deployment/promotion-report.ts";
import type { Release } from "../../src/core/release/types.ts";
import { aConfig, aWrittenConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { act } from "../fakes/sign.ts";
import { World } from "../fakes/world.ts";
import { builtWith, runDeploy } from "./run.ts";

const ENVIRONMENTS = ["development", "staging", "production"];
const environment = { ...aWrittenConfig().environments["local"], cloud: "local" as const };
const config = aConfig({
  environments: {
    development: environment,
    staging: { ...environment, promotion: { from: "development" }, approvals: false },
    production: {
      ...environment,
      promotion: { from: "staging" },
      approvals: false,
      windows: false,
      rateLimit: false,
      watchSeconds: 0,
    },
  },
});
const V1 = builtWith(config, aRelease(1));
const NEVER = new AbortController().signal;

let world: World;
beforeEach(() => {
  world = new World();
  world.publish(V1);
  for (const env of ENVIRONMENTS) {
    for (const name of ["database-url", "migrate-url"])
      world.secrets.set(`diary/${env}/${name}`, `arn:${name}`);
  }
});

const serving = (env: string) => world.platform.serving(`diary-${env}-api`)?.["SLIPWAY_RELEASE"];

function through(release: Release) {
  return promoteThrough(release, ENVIRONMENTS, (name) =>
    deploy({ config, environment: environmentOf(config, name), release }, world.process().ports, {
      stop: NEVER,
      leave: NEVER,
    }),
  );
}

describe("promote", () => {
  test("takes the very release that is last known good in the environment before", async () => {
    await runDeploy(world, V1, { config, environment: "development" });

    const release = await releaseOf(config, environmentOf(config, "development"), world.process().ports);
    expect(release).toEqual(V1);
    const report = await runDeploy(world, release, { config, environment: "staging" });

    expect(report).toMatchObject({ outcome: "deployed", environment: "staging", running: V1.id });
    expect(serving("staging")).toBe(V1.id);
  });

  test("has nothing to take from an environment that never had a release", async () => {
    const { ports } = world.process();

    await expect(releaseOf(config, environmentOf(config, "staging"), ports)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "PROMOTE_NOTHING", says: "nothing was ever deployed to staging" }],
    });
  });
});

describe("promote --through", () => {
  test("brings one release through all environments, each with its own gates", async () => {
    const report = await through(V1);

    expect(report).toMatchObject({ outcome: "promoted", stoppedAt: null, exitCode: 0, problems: [] });
    expect(report.deployments.map(({ environment: env, outcome }) => `${env} ${outcome}`)).toEqual([
      "development deployed",
      "staging deployed",
      "production deployed",
    ]);
    expect(ENVIRONMENTS.map(serving)).toEqual([V1.id, V1.id, V1.id]);
    expect(world.platform.mutations.filter((call) => call.startsWith("shift"))).toHaveLength(3);
  });

  test("stops at the first environment that does not take it, with its exit code; what was reached stays", async () => {
    await act(world, { kind: "hold", holdId: "h-1", reason: "incident 12", by: "person-a" }, "staging");

    const report = await through(V1);

    expect(report).toMatchObject({ outcome: "stopped", stoppedAt: "staging", exitCode: 10 });
    expect(report.problems).toMatchObject([{ code: "GATE_CLOSED", at: "environments/staging" }]);
    expect(ENVIRONMENTS.map(serving)).toEqual([V1.id, undefined, undefined]);
    expect(describePromotion(report)).toMatch(/stopped at staging: exit 10$/);
  });

  test("done again goes on where it stopped", async () => {
    await act(world, { kind: "hold", holdId: "h-1", reason: "incident 12", by: "person-a" }, "staging");
    await through(V1);
    await act(world, { kind: "release-hold", holdId: "h-1" }, "staging");

    const report = await through(V1);

    expect(report.deployments.map(({ outcome }) => outcome)).toEqual([
      "nothing-to-do",
      "deployed",
      "deployed",
    ]);
  });

  test("a fault before the first record of an environment stops it too", async () => {
    world.secrets.delete("diary/staging/migrate-url");
    world.caller = { ...world.caller, region: "eu-west-1" };

    const report = await through(V1);

    expect(report).toMatchObject({
      outcome: "stopped",
      stoppedAt: "development",
      exitCode: 11,
      deployments: [],
    });
    expect(report.problems).toMatchObject([{ code: "WRONG_REGION" }]);
  });
});

test("a release that was never in the environment before is not let in", async () => {
  const report = await runDeploy(world, V1, { config, environment: "production" });

  expect(report).toMatchObject({ outcome: "gated", exitCode: 10 });
  expect(report.problems).toMatchObject([{ at: "environments/production/promotion" }]);
});
