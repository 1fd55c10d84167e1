import { beforeEach, describe, expect, test } from "vitest";
import { status } from "../../src/actions/status.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy, runRollback } from "./run.ts";

const [V1, V2, V3] = [aRelease(1), aRelease(2), aRelease(3)];
let world: World;
beforeEach(async () => {
  world = new World();
  for (const release of [V1, V2, V3]) await runDeploy(world, world.publish(release));
  world.platform.mutations.length = 0;
});

describe("rollback", () => {
  test("returns to the release before, without building or registering anything", async () => {
    const report = await runRollback(world);

    expect(report).toMatchObject({
      outcome: "deployed",
      purpose: "rollback",
      exitCode: 0,
      release: V2.id,
      previous: V3.id,
      running: V2.id,
    });
    expect(world.platform.mutations).toEqual(["shift diary-local-api to diary-local-api:2"]);
    expect(world.serving).toBe("2.0.0");
  });

  test("done twice goes one further back, never forward again", async () => {
    await runRollback(world);
    await runRollback(world);

    expect(world.serving).toBe("1.0.0");
    await expect(runRollback(world)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "ROLLBACK_NO_TARGET" }],
    });
    expect(world.serving).toBe("1.0.0");
  });

  test("goes to the release that is named", async () => {
    expect(await runRollback(world, V1.id)).toMatchObject({ running: V1.id });
    expect(world.serving).toBe("1.0.0");
  });

  test.each([
    ["was never good here", "sha-0000000-20260101-000000", /was never known good here/],
    ["is what runs", V3.id, /is what runs/],
  ])("refuses a release that %s before anything moves", async (_why, to, says) => {
    await expect(runRollback(world, to)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "ROLLBACK_NO_TARGET", says: expect.stringMatching(says) }],
    });
    expect(world.platform.mutations).toEqual([]);
  });

  test("refuses when the platform has forgotten the revision", async () => {
    world.platform.forget("diary-local-api:2");

    expect(ending(await runRollback(world))).toEqual({
      outcome: "refused",
      exitCode: 11,
      running: V3.id,
      problems: ["ROLLBACK_TARGET_MISSING api: what a rollback would return to is gone: diary-local-api:2"],
    });
    expect(world.platform.mutations).toEqual([]);
  });

  test("to a release that no longer works exits 21 and leaves what worked", async () => {
    world.platform.behaviours.set("2.0.0", "fails-smoke");

    const report = await runRollback(world);

    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: V3.id });
    expect(world.serving).toBe("3.0.0");
  });
});

describe("status", () => {
  const look = () => {
    const config = aConfig();
    return status({ config, environment: environmentOf(config) }, world.process().ports);
  };

  test("tells what runs since when, and the last deployments", async () => {
    const report = await look();

    expect(report).toMatchObject({
      release: V3.id,
      version: "3.0.0",
      components: [
        { component: "api", url: "http://diary-local-api", recorded: "diary-local-api:3", drifted: false },
      ],
      lease: null,
    });
    expect(report.deployments.map(({ version, outcome }) => `${version} ${outcome}`)).toEqual([
      "3.0.0 deployed",
      "2.0.0 deployed",
      "1.0.0 deployed",
    ]);
  });

  test("tells that something else runs than was recorded", async () => {
    Object.assign(world.platform.services.get("diary-local-api") ?? {}, { revision: "by-hand:1" });

    expect((await look()).components).toMatchObject([{ component: "api", drifted: true }]);
  });
});
