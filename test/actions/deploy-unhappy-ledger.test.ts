import { beforeEach, describe, expect, test } from "vitest";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { runDeploy } from "./run.ts";

const V1 = aRelease(1);
const V2 = aRelease(2);
let world: World;
beforeEach(() => {
  world = new World();
  world.publish(V1);
});

describe("a ledger that does not answer", () => {
  test("at the start: nothing is changed", async () => {
    world.ledger.unreachableFrom = 1;

    await expect(runDeploy(world, V1)).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "LEDGER_UNREACHABLE" }],
    });
    expect(world.platform.mutations).toEqual([]);
    expect(world.migrations.applied).toEqual([]);
  });

  test("whenever it falls silent, nothing is changed after that, and the next run ends it", async () => {
    await runDeploy(world, V1);
    const calm = world.ledger.appended.length;

    for (let nth = 1; nth <= 18; nth++) {
      const fresh = new World();
      fresh.publish(V1);
      await runDeploy(fresh, V1);
      fresh.publish(V2);
      fresh.ledger.unreachableFrom = calm + nth;
      const moved = () => fresh.platform.mutations.length + fresh.migrations.applied.length;
      let before = moved();
      fresh.onStep = () => {
        if (fresh.ledger.appended.length + 1 < fresh.ledger.unreachableFrom) before = moved();
      };

      const error: unknown = await runDeploy(fresh, V2).then(
        () => undefined,
        (fault: unknown) => fault,
      );
      expect(error, `silent from append ${nth}`).toMatchObject({
        problems: [{ code: "LEDGER_UNREACHABLE" }],
      });
      // The step whose intent was recorded last may have had its effect; no later one may.
      expect(moved() - before).toBeLessThanOrEqual(1);

      fresh.ledger.unreachableFrom = Infinity;
      expect(await runDeploy(fresh, V2)).toMatchObject({ running: V2.id, exitCode: 0 });
      expect(fresh.serving).toBe("2.0.0");
    }
  });

  test("after the traffic moved: the outcome is not known, exit 41", async () => {
    world.ledger.unreachableFrom = 11;

    await expect(runDeploy(world, V1)).rejects.toMatchObject({ exit: "outcomeUnknown" });
  });
});

describe("a lease that is held", () => {
  test("by a live process is refused with its holder, and nothing is changed", async () => {
    const other = await world.ledger.take({
      app: "diary",
      env: "local",
      holder: "somebody on another host",
      purpose: "deploy sha-x",
      lifetimeSeconds: 20,
    });
    if (other.kind !== "taken") throw new Error("the lease should have been free");
    const { ledger } = world;
    const beating = keepAlive(world, () => ledger.renew(other.lease, 20));

    await expect(runDeploy(world, V1)).rejects.toMatchObject({
      exit: "leaseHeld",
      problems: [
        {
          code: "LEASE_HELD",
          says: expect.stringMatching(/^somebody on another host holds it since .* for: deploy sha-x$/),
        },
      ],
    });
    expect(world.platform.mutations).toEqual([]);
    expect(world.ledger.appended).toEqual([]);
    await beating;
  });

  test("by a dead process is taken over when it expires", async () => {
    await world.ledger.take({
      app: "diary",
      env: "local",
      holder: "the dead",
      purpose: "x",
      lifetimeSeconds: 20,
    });

    const report = await runDeploy(world, V1);

    expect(report).toMatchObject({ outcome: "deployed" });
    expect(world.told.some((line) => line.includes("taken over from the dead"))).toBe(true);
  });

  test("and lost in the middle ends the run without another change, exit 30", async () => {
    world.onStep = (step) => {
      // Another process takes the environment while ours believes to hold it.
      if (step === "wait") void steal(world);
    };
    world.platform.behaviours.set("1.0.0", "hangs");

    const began = world.clock.now();
    await expect(runDeploy(world, V1)).rejects.toMatchObject({
      exit: "leaseHeld",
      problems: [{ code: "LEASE_LOST" }],
    });
    // Seconds, not the ten minutes that the rollout would have been waited for.
    expect(world.clock.now() - began).toBeLessThan(10_000);
    expect(world.platform.mutations).toEqual([
      "stage diary-local-api:1",
      "shift diary-local-api to diary-local-api:1",
    ]);
  });
});

async function keepAlive(it: World, beat: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await it.clock.sleep(2000);
    await beat();
  }
}

async function steal(it: World): Promise<void> {
  const held = await it.ledger.current();
  if (held !== undefined) await it.ledger.release(held);
  await it.ledger.take({ app: "diary", env: "local", holder: "thief", purpose: "x", lifetimeSeconds: 20 });
}
