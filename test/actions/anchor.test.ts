import { beforeEach, describe, expect, test } from "vitest";
import { status } from "../../src/actions/status.ts";
import { describeReport } from "../../src/core/deployment/report.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy } from "./run.ts";

const [V1, V2] = [aRelease(1), aRelease(2)];

let world: World;
beforeEach(async () => {
  world = new World();
});

describe("an anchor that does not answer", () => {
  beforeEach(async () => {
    await runDeploy(world, world.publish(V1));
    world.publish(V2);
    world.checkpoints.answers = false;
  });

  test("makes no success of a deployment: exit 41, the release runs, and the next run proves it", async () => {
    const report = await runDeploy(world, V2);

    expect(ending(report)).toEqual({
      outcome: "failed",
      exitCode: 41,
      running: V2.id,
      problems: [
        "ANCHOR_UNREACHABLE s3://anchors: does not answer",
        `NOT_ANCHORED environments/local: ${V2.id} runs, but the record of it is not kept outside of the ledger: it is not proven`,
      ],
    });
    expect(describeReport(report)).toContain("runs in local, but that is not proven");
    expect(world.serving).toBe("2.0.0");

    world.checkpoints.answers = true;
    expect(await runDeploy(world, V2)).toMatchObject({
      outcome: "nothing-to-do",
      exitCode: 0,
      anchored: true,
    });
    expect(world.checkpoints.covered).toBe(world.ledger.appended.length);
  });

  test("leaves a rollback what it is, and says that it is not anchored", async () => {
    world.platform.behaviours.set("2.0.0", "fails-smoke");

    const report = await runDeploy(world, V2);

    expect(report).toMatchObject({ outcome: "rolled-back", exitCode: 20, running: V1.id, anchored: false });
    expect(report.problems.map(({ code }) => code)).toEqual([
      "SMOKE_FAILED",
      "ANCHOR_UNREACHABLE",
      "NOT_ANCHORED",
    ]);
  });

  test("does not let `nothing to do` pass for proven", async () => {
    expect(await runDeploy(world, world.publish(V1))).toMatchObject({ outcome: "failed", exitCode: 41 });
  });

  test("shows in the status", async () => {
    await runDeploy(world, V2);
    const config = aConfig();

    const shown = await status({ config, environment: environmentOf(config) }, world.process().ports);

    expect(shown.unanchored).toBeGreaterThan(0);
  });
});

test("records are kept outside for the years that the config says, from now on", async () => {
  await runDeploy(world, world.publish(V1));

  const years = (Date.parse(world.checkpoints.keptUntil) - world.clock.now()) / (365.25 * 86_400_000);
  expect(years).toBeGreaterThanOrEqual(7);
  expect(years).toBeLessThan(7.1);
});

test("a ledger that contradicts what was signed ends the run with exit 50, whatever was deployed", async () => {
  const problem = { code: "LEDGER_NOT_AS_SIGNED", at: "ledger", says: "record 3 was changed", hint: "" };
  world.checkpoints.anchor = async () => {
    throw new SlipwayError(problem, "ledgerNotIntact");
  };

  await expect(runDeploy(world, world.publish(V1))).rejects.toMatchObject({ exit: "ledgerNotIntact" });
});
