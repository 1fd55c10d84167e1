import { beforeEach, describe, expect, test } from "vitest";
import { aConfig } from "../builders/a-config.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import { aRelease } from "../builders/a-release.ts";
import { act } from "../fakes/sign.ts";
import { World } from "../fakes/world.ts";
import { runDeploy, runResume, runRollback } from "./run.ts";
import { expectAtRest, rest, V1, V2, worldAtV1 } from "./upgrade-world.ts";

describe("resume", () => {
  let world: World;
  beforeEach(async () => {
    world = await worldAtV1();
  });

  test("has nothing to do in an environment without a past", async () => {
    const report = await runResume(new World());

    expect(report).toMatchObject({ outcome: "nothing-to-do", exitCode: 0, release: "", running: null });
  });

  test("anchors what an earlier run could not", async () => {
    world.checkpoints.answers = false;
    expect(await runDeploy(world, V2)).toMatchObject({ outcome: "failed", exitCode: 41 });
    world.checkpoints.answers = true;

    expect(await runResume(world)).toMatchObject({ outcome: "nothing-to-do", exitCode: 0, anchored: true });
    expect(world.checkpoints.covered).toBe(world.ledger.appended.length);
  });

  test("goes back to the old release when a gate has closed since the traffic moved", async () => {
    world.platform.behaviours.set("2.0.0", "hangs");
    const stop = new AbortController();
    const leave = new AbortController();
    world.onStep = (step) => {
      if (step === "wait") stop.abort();
      if (step === "rollback-shift") leave.abort();
    };
    const first = await runDeploy(world, V2, { stop: stop.signal, leave: leave.signal });
    expect(first).toMatchObject({ outcome: "interrupted", running: null });
    world.onStep = () => undefined;
    await act(world, { kind: "hold", holdId: "h-1", reason: "incident 12", by: "person-a" });

    const report = await runResume(world);

    expect(report).toMatchObject({ outcome: "rolled-back", exitCode: 20, running: V1.id });
    expect(report.problems).toMatchObject([{ code: "GATE_CLOSED" }]);
    expect(world.serving).toBe("1.0.0");
  });

  test("refuses when the files on disk are those of another release", async () => {
    void runDeploy(world, V2, { process: world.process({ at: 60, when: "after" }) }).catch(() => undefined);
    await rest();
    world.migrations.files = V1.migrations;

    await expect(runResume(world)).rejects.toMatchObject({
      exit: "usage",
      problems: [{ code: "RELEASE_REFUSED" }],
    });
  });

  test("refuses when the config is another one", async () => {
    void runDeploy(world, V2, { process: world.process({ at: 60, when: "after" }) }).catch(() => undefined);
    await rest();
    const config = aConfig({ environments: { local: { cloud: "local", smokeTimeoutSeconds: 9 } } });

    await expect(runResume(world, { config })).rejects.toMatchObject({
      problems: [{ code: "CONFIG_DIFFERS" }],
    });
  });
});

describe("resume after a way back that failed", () => {
  const refused = (operation: string) =>
    new SlipwayError(
      { code: "AWS_CREDENTIALS", at: `aws/ecs/${operation}`, says: "the token is expired", hint: "sign in" },
      "verifyFailed",
    );

  /** Refuses to change services from the step on, until it is told to stop that. */
  function refuseFrom(world: World, from: string): { readonly end: () => void } {
    const { platform } = world;
    const [shift, stop] = [platform.shift.bind(platform), platform.stop.bind(platform)];
    world.onStep = (step) => {
      if (step !== from) return;
      platform.shift = async () => Promise.reject(refused("UpdateService"));
      platform.stop = async () => Promise.reject(refused("UpdateService"));
    };
    const end = () => {
      world.onStep = () => undefined;
      Object.assign(platform, { shift, stop });
    };
    return { end };
  }

  test("goes back to the last known good release, and then has nothing left to do", async () => {
    const world = await worldAtV1("fails-smoke");
    const fault = refuseFrom(world, "rollback-shift");
    expect(await runDeploy(world, V2)).toMatchObject({ outcome: "rollback-failed", exitCode: 21 });
    expect(world.serving).toBe("2.0.0");
    fault.end();

    const report = await runResume(world);

    expect(report).toMatchObject({ outcome: "deployed", purpose: "rollback", exitCode: 0, running: V1.id });
    expect(report.steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(["shift", "wait", "smoke", "commit"]),
    );
    expect(world.serving).toBe("1.0.0");
    await expectAtRest(world);
  });

  test("says so, and not that all is well, while it fails again", async () => {
    const world = await worldAtV1("fails-smoke");
    refuseFrom(world, "rollback-shift");
    await runDeploy(world, V2);

    expect(await runResume(world)).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: null });
    expect(await runResume(world)).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: null });
    expect(world.serving).toBe("2.0.0");
  });

  test("proves the old release where its smoke test was what failed, and a deploy of it does so too", async () => {
    const failed = async () => {
      const world = await worldAtV1("fails-smoke");
      world.onStep = (step) => {
        if (step === "rollback-shift") world.platform.behaviours.set("1.0.0", "fails-smoke");
      };
      expect(await runDeploy(world, V2)).toMatchObject({ outcome: "rollback-failed" });
      world.onStep = () => undefined;
      return world;
    };

    const broken = await failed();
    expect(await runResume(broken)).toMatchObject({ outcome: "rollback-failed", exitCode: 21 });
    for (const run of [runResume, (world: World) => runDeploy(world, V1)]) {
      const world = await failed();
      world.platform.behaviours.set("1.0.0", "serves");
      world.migrations.files = V1.migrations;
      expect(await run(world)).toMatchObject({ outcome: "deployed", exitCode: 0, running: V1.id });
      expect(await run(world)).toMatchObject({ outcome: "nothing-to-do", exitCode: 0, running: V1.id });
    }
  });

  test("brings back what somebody else has changed", async () => {
    const world = await worldAtV1();
    await world.platform.stop({ cluster: "diary-local", service: "diary-local-api" });

    expect(await runResume(world)).toMatchObject({ outcome: "deployed", running: V1.id });
    expect(world.serving).toBe("1.0.0");
    await expectAtRest(world);
  });

  test("leaves a rollback that has returned to where it began as it is", async () => {
    const world = await worldAtV1();
    await runDeploy(world, V2);
    world.platform.behaviours.set("1.0.0", "fails-smoke");
    expect(await runRollback(world)).toMatchObject({ outcome: "rollback-failed", running: V2.id });

    await expectAtRest(world);
    expect(world.serving).toBe("2.0.0");
  });

  test("stops a first deployment that could not be stopped", async () => {
    const world = new World();
    world.platform.behaviours.set("1.0.0", "fails-smoke");
    const fault = refuseFrom(world, "stop");
    expect(await runDeploy(world, world.publish(V1))).toMatchObject({ outcome: "rollback-failed" });

    expect(await runResume(world)).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: null });
    fault.end();
    expect(await runResume(world)).toMatchObject({ outcome: "stopped", exitCode: 20, running: null });
    expect(world.serving).toBeUndefined();
    await expectAtRest(world);
  });

  test("does not go back over a contract migration, nor call that nothing to do", async () => {
    const world = await worldAtV1("fails-smoke");
    const drop = { file: "0002_drop.up.sql", sha256: "b".repeat(64), phase: "contract" } as const;
    const contracting = world.publish(aRelease(2, { migrations: [...V1.migrations, drop] }));
    expect(await runDeploy(world, contracting)).toMatchObject({ outcome: "rollback-failed" });

    await expect(runResume(world)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "ROLLBACK_CROSSES_CONTRACT" }],
    });
  });
});
