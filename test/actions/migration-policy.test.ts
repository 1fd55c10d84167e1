import { beforeEach, describe, expect, test } from "vitest";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import { openAppMigrations } from "../../src/actions/open-app-migrations.ts";
import type { OpenMigrations } from "../../src/ports/migrations.ts";
import { aConfigWith, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy, runPlan } from "./run.ts";

const NEVER = new AbortController().signal;
const V1 = aRelease(1);

let world: World;
beforeEach(() => {
  world = new World();
});

describe("an environment that demands rehearsals", () => {
  const config = aConfigWith({ migrations: { rehearsed: true } });
  const UNPROVEN = "MIGRATION_NOT_REHEARSED 0001_entries.up.sql: has no rehearsal that passed";
  beforeEach(() => {
    world.publish(V1);
    world.migrations.unrehearsed = ["0001_entries.up.sql"];
  });

  test("refuses a migration that has none, before anything is touched", async () => {
    expect(ending(await runDeploy(world, V1, { config }))).toEqual({
      outcome: "refused",
      exitCode: 11,
      running: null,
      problems: [UNPROVEN],
    });
    expect(world.migrations.applied).toEqual([]);
    expect(world.platform.mutations).toEqual([]);
  });

  test("says so in the plan as well", async () => {
    const { problems } = await runPlan(world, V1, { config });
    expect(problems.map(({ code, at, says }) => `${code} ${at}: ${says}`)).toEqual([UNPROVEN]);
  });

  test("refuses it to migrate up", async () => {
    const report = await migrateUp({ config, environment: environmentOf(config) }, world.process().ports, {
      stop: NEVER,
      leave: NEVER,
    });
    expect(report).toMatchObject({ outcome: "refused", problems: [{ code: "MIGRATION_NOT_REHEARSED" }] });
  });

  test("lets one in that has passed", async () => {
    world.migrations.unrehearsed = [];
    expect(await runDeploy(world, V1, { config })).toMatchObject({ outcome: "deployed" });
  });
});

test("an environment that does not demand rehearsals asks for none", async () => {
  world.publish(V1);
  world.migrations.unrehearsed = ["0001_entries.up.sql"];
  expect(await runDeploy(world, V1)).toMatchObject({ outcome: "deployed" });
});

test("what happens while a migration runs is told in the story, and that it ran is told once", async () => {
  world.publish(V1);
  const file = "0001_entries.up.sql";
  world.migrations.happens = [
    { kind: "retry", file, attempt: 1, waitMs: 1000, blockers: [] },
    { kind: "ran", file, seconds: 0.1 },
  ];
  await runDeploy(world, V1);
  expect(world.told).toContain(`${file} waits for a lock; try 2 in 1.0 s`);
  expect(world.told.filter((line) => line.includes(file))).toEqual([
    `${file} waits for a lock; try 2 in 1.0 s`,
    `migrate done: ${file}`,
  ]);
});

describe("an environment that demands signed waivers", () => {
  const config = aConfigWith({ migrations: { waivers: "signed" } });
  const { secrets, proofTools } = new World().process().ports;

  /** By what waivers are judged that a direction opens migrations with. */
  async function opened(way: "up" | "down"): Promise<unknown> {
    let waivers: unknown;
    const openMigrations: OpenMigrations = async (options) => {
      ({ waivers } = options);
      return new World().migrations;
    };
    const environment = environmentOf(config);
    const { database } = config;
    if (database === undefined) throw new Error("the builder's config has a database");
    await openAppMigrations(database, { config, environment }, { openMigrations, secrets, proofTools }, way);
    return waivers;
  }

  test("judges what goes up by the people and roles of its config, and asks nothing of what goes down", async () => {
    expect(await opened("up")).toMatchObject({
      demand: "signed",
      where: "local",
      app: "diary",
      tools: proofTools,
    });
    expect(await opened("down")).toBe("unasked");
  });
});

test.each([
  [{}, undefined],
  [{ alertAfterMinutes: 2 }, 120_000],
])("an environment says after how long a migration that still runs is told: %j", async (migrations, ms) => {
  world.publish(V1);
  await runDeploy(world, V1, { config: aConfigWith({ migrations }) });
  expect(world.migrations.alertAfterMs).toBe(ms);
});
