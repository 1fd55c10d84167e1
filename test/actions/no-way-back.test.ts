import { beforeEach, describe, expect, test } from "vitest";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy, runResume, runRollback } from "./run.ts";

const [V1, V2] = [aRelease(1), aRelease(2)];

let world: World;
beforeEach(async () => {
  world = new World();
});

describe("a contract migration", () => {
  const CONTRACT = { file: "0002_drop.up.sql", sha256: "b".repeat(64), phase: "contract" } as const;
  const V3 = aRelease(3, { migrations: [...V1.migrations, CONTRACT] });
  beforeEach(async () => {
    await runDeploy(world, world.publish(V1));
    world.publish(V3);
    world.platform.mutations.length = 0;
  });
  const CROSSES = `ROLLBACK_CROSSES_CONTRACT 0002_drop.up.sql: this contract migration has been applied, and 1.0.0 (${V1.id}) cannot live with it`;

  test("that is applied closes the way back: nothing before it can be rolled back to", async () => {
    expect(await runDeploy(world, V3)).toMatchObject({ outcome: "deployed" });

    await expect(runRollback(world)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "ROLLBACK_CROSSES_CONTRACT", at: "0002_drop.up.sql" }],
    });
    expect(world.serving).toBe("3.0.0");
  });

  test("stops the automatic rollback too: exit 21, and what runs is left alone", async () => {
    world.platform.behaviours.set("3.0.0", "fails-smoke");

    const report = await runDeploy(world, V3);

    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: null });
    expect(ending(report).problems.at(-1)).toBe(CROSSES);
    expect(world.platform.mutations.filter((call) => call.startsWith("shift"))).toHaveLength(1);
    await expect(runRollback(world)).rejects.toMatchObject({
      problems: [{ code: "ROLLBACK_CROSSES_CONTRACT" }],
    });
  });

  test("that has not run leaves the way back open", async () => {
    world.migrations.failsAt = "0002_drop.up.sql";

    expect(await runDeploy(world, V3)).toMatchObject({
      outcome: "rolled-back",
      exitCode: 20,
      running: V1.id,
    });
  });

  test("does not keep a rollback from a release that knows it", async () => {
    await runDeploy(world, V3);
    await runDeploy(world, world.publish(aRelease(4, { migrations: V3.migrations })));

    expect(await runRollback(world)).toMatchObject({ outcome: "deployed", running: V3.id });
  });

  test("is remembered however often mending it forward fails", async () => {
    for (const n of [3, 4, 5]) {
      world.platform.behaviours.set(`${n}.0.0`, "fails-smoke");
      const report = await runDeploy(world, world.publish(aRelease(n, { migrations: V3.migrations })));
      expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21 });
    }
    world.images.clear();
    expect(await runDeploy(world, aRelease(6, { migrations: V3.migrations }))).toMatchObject({
      outcome: "refused",
    });

    await expect(runRollback(world)).rejects.toMatchObject({
      problems: [{ code: "ROLLBACK_CROSSES_CONTRACT" }],
    });
    expect(await runDeploy(world, world.publish(aRelease(7, { migrations: V3.migrations })))).toMatchObject({
      outcome: "deployed",
    });
  });

  test("interrupted after it, the deployment is left for the next run to end", async () => {
    const stop = new AbortController();
    world.onStep = (step) => {
      if (step === "wait") stop.abort();
    };
    expect(await runDeploy(world, V3, { stop: stop.signal })).toMatchObject({
      outcome: "interrupted",
      exitCode: 40,
    });
    world.onStep = () => undefined;

    expect(await runResume(world)).toMatchObject({ outcome: "deployed", running: V3.id });
    expect(world.platform.mutations.filter((call) => call.startsWith("shift"))).toHaveLength(1);
  });
});

describe("a fault of our own", () => {
  const breakIn = (step: string) => {
    world.onStep = (began) => {
      if (began === step) throw new TypeError("undefined is not a function");
    };
  };
  beforeEach(async () => {
    await runDeploy(world, world.publish(V1));
    world.publish(V2);
  });

  test("before traffic moves is told as what it is: exit 70, nothing moved, on record", async () => {
    const stage = world.platform.stage.bind(world.platform);
    world.platform.stage = async () => {
      throw new TypeError("undefined is not a function");
    };

    await expect(runDeploy(world, V2)).rejects.toThrow(TypeError);

    expect(world.ledger.story().at(-1)).toBe("deployment failed");
    expect(world.serving).toBe("1.0.0");
    expect(await world.ledger.current()).toBeUndefined();
    world.platform.stage = stage;
    expect(await runDeploy(world, V2)).toMatchObject({ outcome: "deployed" });
  });

  test("after that is rolled back like any other", async () => {
    breakIn("smoke");

    const report = await runDeploy(world, V2);

    expect(report).toMatchObject({
      outcome: "rolled-back",
      exitCode: 20,
      running: V1.id,
      problems: [{ code: "BUG" }],
    });
    expect(world.serving).toBe("1.0.0");
  });
});
