import { beforeEach, describe, expect, test } from "vitest";
import type { StepName } from "../../src/core/deployment/types.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { runDeploy, runResume } from "./run.ts";

const V1 = aRelease(1);
const V2 = aRelease(2);

let world: World;
let stop: AbortController;
let leave: AbortController;
beforeEach(() => {
  world = new World();
  world.publish(V1);
  stop = new AbortController();
  leave = new AbortController();
});

function interruptAt(wanted: StepName, controller = stop): void {
  world.onStep = (step) => {
    if (step === wanted) controller.abort();
  };
}

const deployV2 = () => runDeploy(world, V2, { stop: stop.signal, leave: leave.signal });

describe("Ctrl-C during an upgrade", () => {
  beforeEach(async () => {
    await runDeploy(world, V1);
    world.publish(V2);
    world.platform.mutations.length = 0;
  });

  test.each(["parse", "identity", "lease"] as const)("in %s: nothing is changed, exit 40", async (step) => {
    interruptAt(step);

    const ended = await deployV2().then(
      ({ outcome }) => outcome,
      (error: unknown) => (error as { exit: string }).exit,
    );

    expect(ended).toBe("interrupted");
    expect(world.platform.mutations).toEqual([]);
    expect(await world.ledger.current()).toBeUndefined();
  });

  test.each(["gates", "verify", "migrate", "stage"] as const)(
    "in %s: no traffic has moved, exit 40",
    async (step) => {
      interruptAt(step);

      const report = await deployV2();

      expect(report).toMatchObject({ outcome: "interrupted", exitCode: 40, running: V1.id });
      expect(world.platform.mutations.filter((call) => call.startsWith("shift"))).toEqual([]);
      expect(world.serving).toBe("1.0.0");
      expect(await world.ledger.current()).toBeUndefined();
      expect(world.ledger.story().at(-1)).toBe("deployment interrupted");
    },
  );

  test.each(["shift", "wait", "smoke"] as const)(
    "in %s: the release before is brought back, exit 40",
    async (step) => {
      interruptAt(step);

      const report = await deployV2();

      expect(report).toMatchObject({ outcome: "interrupted", exitCode: 40, running: V1.id });
      expect(world.serving).toBe("1.0.0");
      expect(world.ledger.story().slice(-3)).toEqual([
        "rollback-smoke intent",
        "rollback-smoke done",
        "deployment interrupted",
      ]);
    },
  );

  test("in commit, the last step: it is finished, not undone", async () => {
    interruptAt("commit");

    expect(await deployV2()).toMatchObject({ outcome: "deployed", exitCode: 0, running: V2.id });
  });

  test.each(["gates", "verify", "migrate", "stage", "shift", "wait", "smoke"] as const)(
    "in %s: the same command goes on with the same deployment",
    async (step) => {
      interruptAt(step);
      const first = await deployV2();
      world.onStep = () => undefined;

      const second = await runDeploy(world, V2);

      expect(second).toMatchObject({ outcome: "deployed", running: V2.id, deploymentId: first.deploymentId });
      expect(world.serving).toBe("2.0.0");
      const attempts = (await world.ledger.records(first.deploymentId ?? "")).map(({ attempt }) => attempt);
      expect([...new Set(attempts)]).toEqual([1, 2]);
    },
  );

  test("a way back that takes longer than five seconds is begun and left, and the next run ends it", async () => {
    world.platform.behaviours.set("1.0.0", "hangs");
    interruptAt("smoke");
    let stoppedAt = 0;
    stop.signal.addEventListener("abort", () => (stoppedAt = world.clock.now()));

    const report = await deployV2();

    expect(report).toMatchObject({ outcome: "interrupted", exitCode: 40, running: null });
    expect(report.problems.at(-1)?.says).toContain("left for `slipway resume`");
    expect(world.clock.now() - stoppedAt).toBeLessThanOrEqual(6000);
    expect(world.ledger.story().at(-1)).toBe("deployment interrupted");
    world.onStep = () => undefined;
    expect(await runResume(world)).toMatchObject({ outcome: "deployed", exitCode: 0, running: V2.id });
    expect(world.serving).toBe("2.0.0");
  });

  test("a second Ctrl-C before the records are anchored makes no success of it: exit 41", async () => {
    world.onStep = (step) => {
      if (step !== "commit") return;
      stop.abort();
      leave.abort();
    };

    expect(await deployV2()).toMatchObject({
      outcome: "failed",
      exitCode: 41,
      running: V2.id,
      anchored: false,
    });
    world.onStep = () => undefined;
    expect(await runDeploy(world, V2)).toMatchObject({
      outcome: "nothing-to-do",
      exitCode: 0,
      anchored: true,
    });
  });

  test("a second Ctrl-C on the way back leaves at once, and the next run ends it", async () => {
    world.onStep = (step) => {
      if (step === "smoke") stop.abort();
      if (step === "rollback-wait") leave.abort();
    };

    const report = await deployV2();

    expect(report).toMatchObject({ outcome: "interrupted", exitCode: 40, running: null });
    world.onStep = () => undefined;
    expect(await runDeploy(world, V2)).toMatchObject({ outcome: "deployed", running: V2.id });
  });
});

test("Ctrl-C in a first deployment leaves what was begun for the next run", async () => {
  interruptAt("wait");

  const first = await runDeploy(world, V1, { stop: stop.signal });
  world.onStep = () => undefined;
  const second = await runDeploy(world, V1);

  expect(first).toMatchObject({ outcome: "interrupted", exitCode: 40, running: null });
  expect(second).toMatchObject({ outcome: "deployed", deploymentId: first.deploymentId });
  expect(world.platform.mutations).toEqual([
    "stage diary-local-api:1",
    "shift diary-local-api to diary-local-api:1",
  ]);
});
