import { expect, test } from "vitest";
import { aConfig } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { runDeploy } from "./run.ts";

const FILE = { file: "0001_a.up.sql", sha256: "a".repeat(64) };
const relyingOn = (table: string) => aConfig({ database: { expect: { tables: [table] } } });

test("deploys when the database has what the app relies on, once its migrations ran", async () => {
  const world = new World();
  const release = world.publish(aRelease(1, { migrations: [FILE] }));

  expect(await runDeploy(world, release, { config: relyingOn("t_0001") })).toMatchObject({
    outcome: "deployed",
  });
});

test.each([
  ["after migrating", [FILE]],
  ["when nothing is pending", []],
])("moves no traffic while the database lacks what the app relies on, %s", async (_when, migrations) => {
  const world = new World();
  const release = world.publish(aRelease(1, { migrations }));
  const report = await runDeploy(world, release, { config: relyingOn("t_0002") });

  expect(report).toMatchObject({
    problems: [
      {
        code: "DATABASE_EXPECTATION_UNMET",
        at: "database/expect/tables",
        says: expect.stringContaining('the database has no table "t_0002"') as string,
      },
    ],
  });
  expect(report.exitCode).toBe(20);
  expect(report.steps.find(({ step }) => step === "migrate")).toMatchObject({ outcome: "failed" });
  expect(report.steps.filter(({ step }) => step === "stage" || step === "shift")).toEqual([]);
});
