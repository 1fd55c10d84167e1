import { beforeEach, describe, expect, test } from "vitest";
import { aConfigWith } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy } from "./run.ts";

const [V1, V2] = [aRelease(1), aRelease(2)];

let world: World;
beforeEach(async () => {
  world = new World();
});

describe("the watch", () => {
  const config = aConfigWith({ watchSeconds: 60 });
  const watched = { config };
  beforeEach(async () => {
    await runDeploy(world, world.publish(V1), watched);
    world.publish(V2);
  });

  test("takes the time that the policy says, and smokes the release once more before it is good", async () => {
    const began = world.clock.now();

    const report = await runDeploy(world, V2, watched);

    expect(report).toMatchObject({ outcome: "deployed" });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(60_000);
    expect(
      world.ledger.appended.find(({ step, outcome }) => step === "watch" && outcome === "done")?.data,
    ).toEqual({
      looks: expect.any(Number),
      smoke: [expect.objectContaining({ passed: true }), expect.objectContaining({ passed: true })],
    });
  });

  const during = (change: () => void) => {
    world.onStep = (step) => {
      if (step === "watch") void world.clock.sleep(30_000).then(change);
    };
  };

  test.each<[string, () => void, string]>([
    [
      "a task of it ends",
      () => world.platform.loseTask("diary-local-api"),
      "WATCH_FAILED diary-local-api: task task-lost-0 stopped: OutOfMemory, exit code 137",
    ],
    [
      "somebody else moves the service",
      () => Object.assign(world.platform.services.get("diary-local-api") ?? {}, { revision: "by-hand:7" }),
      "WATCH_FAILED diary-local-api: the service is at by-hand:7, not at diary-local-api:2",
    ],
    [
      "a task is missing",
      () => Object.assign(world.platform.services.get("diary-local-api") ?? {}, { running: 0 }),
      "WATCH_FAILED diary-local-api: 0 of 1 tasks run",
    ],
  ])("finds that %s, and the release before is brought back", async (_what, change, problem) => {
    during(change);

    const report = await runDeploy(world, V2, watched);

    expect(ending(report)).toEqual({
      outcome: "rolled-back",
      exitCode: 20,
      running: V1.id,
      problems: [problem],
    });
    expect(world.serving).toBe("1.0.0");
    expect((await world.ledger.lastKnownGood())?.release.id).toBe(V1.id);
  });

  test("finds a release that has stopped to serve what it should", async () => {
    during(() => world.platform.behaviours.set("2.0.0", "fails-smoke"));

    const report = await runDeploy(world, V2, watched);

    expect(report).toMatchObject({ outcome: "rolled-back", running: V1.id });
    expect(report.problems).toMatchObject([{ code: "SMOKE_FAILED" }]);
  });

  test("does not believe a single odd look", async () => {
    const service = world.platform.services.get("diary-local-api");
    const real = world.platform.observe.bind(world.platform);
    let lies = 1;
    world.onStep = (step) => {
      if (step !== "watch") return;
      world.platform.observe = async (name) => {
        const seen = await real(name);
        return seen !== undefined && lies-- > 0 ? { ...seen, running: 0 } : seen;
      };
    };

    expect(service).toBeDefined();
    expect(await runDeploy(world, V2, watched)).toMatchObject({ outcome: "deployed" });
  });

  test("is ended by Ctrl-C: the release before is brought back, exit 40", async () => {
    const stop = new AbortController();
    during(() => stop.abort());

    expect(await runDeploy(world, V2, { config, stop: stop.signal })).toMatchObject({
      outcome: "interrupted",
      exitCode: 40,
      running: V1.id,
    });
    expect(world.serving).toBe("1.0.0");
  });
});
