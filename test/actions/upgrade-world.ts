import { expect } from "vitest";
import type { Config } from "../../src/core/config/types.ts";
import { aRelease } from "../builders/a-release.ts";
import type { Behaviour } from "../fakes/fake-platform.ts";
import { World } from "../fakes/world.ts";
import { runDeploy, runResume } from "./run.ts";

export const V1 = aRelease(1);
export const V2 = aRelease(2, {
  migrations: [...V1.migrations, { file: "0002_notes.up.sql", sha256: "b".repeat(64) }],
});

/** The first release runs; the second one is published and will behave as told. */
export async function worldAtV1(behaviour: Behaviour = "serves", config?: Config): Promise<World> {
  const world = new World();
  await runDeploy(world, world.publish(V1), config === undefined ? {} : { config });
  world.publish(V2);
  world.platform.behaviours.set("2.0.0", behaviour);
  return world;
}

/** Gives the fake clock time to find out that nobody is left to wait for. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 400; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Everything that a second resume must leave as it is. */
function changes({ platform, migrations, ledger }: World) {
  return {
    mutations: platform.mutations.length,
    applied: migrations.applied.length,
    records: ledger.appended.length,
  };
}

/** Another resume finds nothing to do, changes nothing, and nothing is left open. */
export async function expectAtRest(world: World, config?: Config): Promise<void> {
  const before = changes(world);
  const again = await runResume(world, config === undefined ? {} : { config });

  expect(again).toMatchObject({ outcome: "nothing-to-do", exitCode: 0, anchored: true });
  expect(changes(world)).toEqual(before);
  expect(world.checkpoints.covered).toBe(world.ledger.appended.length);
  const open = (await world.ledger.deployments("diary", "local", 10)).filter(
    ({ outcome }) => outcome === undefined,
  );
  expect(open).toEqual([]);
  expect(await world.ledger.current()).toBeUndefined();
}
