import { describe, expect, test } from "vitest";
import { aConfigWith } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { runDeploy, runRollback, type Stops } from "./run.ts";

const V1 = aRelease(1);
const V2 = aRelease(2, {
  migrations: [...V1.migrations, { file: "0002_notes.up.sql", sha256: "b".repeat(64) }],
});
const V3 = aRelease(3, { migrations: V2.migrations });

/** The fake clock beats twice a second: less to wait for, less to do. */
const QUICK = { config: aConfigWith({ smokeTimeoutSeconds: 1 }) };

async function worldAtV1(stops: Stops = {}): Promise<World> {
  const world = new World();
  await runDeploy(world, world.publish(V1), stops);
  world.publish(V2);
  return world;
}

/** How many calls a whole upgrade makes. */
async function callsOfAnUpgrade(behaviour: "serves" | "fails-smoke", stops: Stops = {}): Promise<number> {
  const world = await worldAtV1(stops);
  world.platform.behaviours.set("2.0.0", behaviour);
  const process = world.process();
  await runDeploy(world, V2, { ...stops, process });
  return process.calls();
}

/** Runs into the kill and gives the fake clock time to find out that nobody is left to wait for. */
async function killed(world: World, at: number, when: "before" | "after", stops: Stops = {}): Promise<void> {
  void runDeploy(world, V2, { ...stops, process: world.process({ at, when }) }).catch(() => undefined);
  for (let turn = 0; turn < 400; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(["before", "after"] as const)("killed at any call, %s it had its effect", (when) => {
  test("the next run of the same release brings it up, once", async () => {
    const calls = await callsOfAnUpgrade("serves");
    expect(calls).toBeGreaterThan(30);

    for (let at = 1; at <= calls; at++) {
      const world = await worldAtV1();
      await killed(world, at, when);

      const report = await runDeploy(world, V2);

      expect({ at, exitCode: report.exitCode, running: report.running, serving: world.serving }).toEqual({
        at,
        exitCode: 0,
        running: V2.id,
        serving: "2.0.0",
      });
      expect(world.migrations.applied).toEqual(["0001_entries.up.sql", "0002_notes.up.sql"]);
      expect((await world.ledger.lastKnownGood())?.release.id).toBe(V2.id);
      expect(new Set(world.platform.mutations.filter((call) => call.startsWith("stage"))).size).toBe(2);
      expect(await runDeploy(world, V2)).toMatchObject({ outcome: "nothing-to-do", anchored: true });
      expect(world.checkpoints.covered).toBe(world.ledger.appended.length);
    }
  });

  test("while a broken release is rolled back, the next run leaves the good one serving", async () => {
    const calls = await callsOfAnUpgrade("fails-smoke", QUICK);

    for (let at = 1; at <= calls; at++) {
      const world = await worldAtV1(QUICK);
      world.platform.behaviours.set("2.0.0", "fails-smoke");
      await killed(world, at, when, QUICK);

      const report = await runDeploy(world, V2, QUICK);

      expect({ at, outcome: report.outcome, serving: world.serving }).toEqual({
        at,
        outcome: "rolled-back",
        serving: "1.0.0",
      });
    }
  });

  test("another release than the killed one takes over and closes what was left open", async () => {
    const calls = await callsOfAnUpgrade("serves");

    for (let at = 1; at <= calls; at += 3) {
      const world = await worldAtV1();
      await killed(world, at, when);

      const report = await runDeploy(world, world.publish(V3));

      expect({ at, outcome: report.outcome, serving: world.serving }).toEqual({
        at,
        outcome: "deployed",
        serving: "3.0.0",
      });
      const open = (await world.ledger.deployments("diary", "local", 10)).filter(
        (one) => one.outcome === undefined,
      );
      expect(open).toEqual([]);
    }
  });

  test("a rollback instead returns to the release that was good", async () => {
    const calls = await callsOfAnUpgrade("serves");

    for (let at = 1; at <= calls; at += 3) {
      const world = await worldAtV1();
      await killed(world, at, when);
      const committed = (await world.ledger.lastKnownGood())?.release.id === V2.id;
      const drifted = world.platform.services.get("diary-local-api")?.revision !== "diary-local-api:1";
      // Nothing has moved yet: there is nothing before version 1 to go back to.
      if (!committed && !drifted) continue;

      const report = await runRollback(world);

      expect({ at, outcome: report.outcome, serving: world.serving }).toEqual({
        at,
        outcome: "deployed",
        serving: "1.0.0",
      });
    }
  });
});
