import { describe, expect, test } from "vitest";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import { describeMigrateReport } from "../../src/core/migration/report.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { runDeploy, runPlan } from "./run.ts";

const FILE = { file: "0001_a.up.sql", sha256: "a".repeat(64) };
const relyingOn = (table: string) => aConfig({ database: { expect: { tables: [table] } } });

test("deploys when the database has what the app relies on, once its migrations ran", async () => {
  const world = new World();
  const release = world.publish(aRelease(1, { migrations: [FILE] }));

  expect(await runDeploy(world, release, { config: relyingOn("t_0001") })).toMatchObject({
    outcome: "deployed",
  });
});

const UNMET = {
  code: "DATABASE_EXPECTATION_UNMET",
  at: "database/expect/tables",
  says: expect.stringContaining('the database has no table "t_0002"') as string,
};

test("moves no traffic while the database lacks what the app relies on, and undoes nothing of what ran", async () => {
  const world = new World();
  const release = world.publish(aRelease(1, { migrations: [FILE] }));
  const report = await runDeploy(world, release, { config: relyingOn("t_0002") });

  expect(report.problems).toMatchObject([UNMET]);
  expect(report.exitCode).toBe(20);
  expect(report.steps.find(({ step }) => step === "migrate")).toMatchObject({ outcome: "failed" });
  const after = ["stage", "shift", "rollback-migrate"];
  expect(report.steps.filter(({ step }) => after.includes(step))).toEqual([]);
  expect(world.migrations.applied).toEqual([FILE.file]);
});

test("is refused before anything moves when nothing is pending that could bring it", async () => {
  const world = new World();
  const release = world.publish(aRelease(1, { migrations: [] }));
  const report = await runDeploy(world, release, { config: relyingOn("t_0002") });

  expect(report).toMatchObject({ outcome: "refused", exitCode: 11, problems: [UNMET] });
});

describe("plan", () => {
  test("says what is unmet so far, and that it is asked for again when migrations are pending", async () => {
    const world = new World();
    const release = world.publish(aRelease(1, { migrations: [FILE] }));
    const report = await runPlan(world, release, { config: relyingOn("t_0001") });

    expect(report).toMatchObject({ problems: [], exitCode: 0 });
    expect(report.notes).toEqual([
      'database/expect/tables: the database has no table "t_0001" so far; it is asked for again after migrating',
    ]);
  });

  test("refuses when nothing is pending that could bring it", async () => {
    const world = new World();
    const release = world.publish(aRelease(1, { migrations: [] }));
    const report = await runPlan(world, release, { config: relyingOn("t_0001") });
    expect(report).toMatchObject({ problems: [{ code: UNMET.code }], notes: [], exitCode: 11 });
  });
});

describe("migrate up", () => {
  const up = (world: World, table: string) => {
    const config = relyingOn(table);
    const signals = { stop: new AbortController().signal, leave: new AbortController().signal };
    return migrateUp({ config, environment: environmentOf(config) }, world.process().ports, signals);
  };

  test("fails when all has run and the app relies on more, and undoes nothing", async () => {
    const world = new World();
    world.publish(aRelease(1, { migrations: [FILE] }));
    const report = await up(world, "t_0002");

    expect(report).toMatchObject({
      outcome: "unmet",
      exitCode: 12,
      ran: [{ file: FILE.file }],
      undone: [],
      problems: [UNMET],
    });
    expect(describeMigrateReport(report)).toMatch(
      /^the database of diary in local has every migration, and lacks what the app relies on; nothing was undone\n/,
    );
    expect(world.migrations.applied).toEqual([FILE.file]);
    const records = await world.ledger.records(report.deploymentId ?? "");
    expect(records.at(-1)).toMatchObject({
      outcome: "failed",
      data: { stayed: [FILE.file], problems: [UNMET] },
    });
    // And says so again, though nothing is pending any more.
    expect(await up(world, "t_0002")).toMatchObject({ outcome: "unmet", ran: [], exitCode: 12 });
  });

  test("is content when its migrations bring what the app relies on", async () => {
    const world = new World();
    world.publish(aRelease(1, { migrations: [FILE] }));
    expect(await up(world, "t_0001")).toMatchObject({ outcome: "migrated", problems: [] });
  });
});
