import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/core/config/read-config.ts";
import { runsOf, workerLedgerSecret } from "../../../src/core/config/runs.ts";
import type { WrittenConfig } from "../../../src/core/config/schema.ts";
import { sentence } from "../../../src/core/errors.ts";
import { planWorker } from "../../../src/core/worker/plan-worker.ts";
import { aConfig, aWrittenConfig, environmentOf } from "../../builders/a-config.ts";

type Runs = NonNullable<WrittenConfig["database"]>["runs"];
const IMAGE = `registry.example/worker@sha256:${"5".repeat(64)}`;
const TASK = { as: "ecs-task", image: IMAGE } as const;

function aConfigThatRuns(everywhere: Runs, inLocal?: Runs) {
  const local = { cloud: "local" as const, ...(inLocal && { migrations: { runs: inLocal } }) };
  return aConfig({ database: everywhere && { runs: everywhere }, environments: { local } });
}

describe("where migrations run", () => {
  test("in the process of the deployment, unless something else is written", () => {
    const config = aConfig();
    expect(runsOf(config, environmentOf(config))).toEqual({ as: "here" });
  });

  test("as the database says, and in an environment as that one says", () => {
    const all = aConfigThatRuns(TASK);
    expect(runsOf(all, environmentOf(all))).toEqual({ ...TASK, cpu: 256, memory: 512 });
    const one = aConfigThatRuns(TASK, "here");
    expect(runsOf(one, environmentOf(one))).toEqual({ as: "here" });
    const build = aConfigThatRuns("here", { as: "codebuild", project: "diary-migrate" });
    expect(runsOf(build, environmentOf(build))).toEqual({ as: "codebuild", project: "diary-migrate" });
  });

  test("a worker runs where the environment's tasks run, unless it is told otherwise, and never as the app", () => {
    const tasks = {
      executionRole: "arn:aws:iam::123456789012:role/pull",
      taskRole: "arn:aws:iam::123456789012:role/app",
      subnets: ["subnet-1"],
      securityGroups: ["sg-1"],
    };
    const config = aConfig({
      database: { runs: TASK },
      environments: { local: { cloud: "local", tasks, cluster: "main" } },
    });
    const environment = environmentOf(config);
    const spec = planWorker("diary", environment, { ...TASK, cpu: 256, memory: 512 }, { A: "arn" });
    expect(spec).toEqual({
      cluster: "main",
      family: "diary-local-slipway-worker",
      container: "slipway-worker",
      image: IMAGE,
      cpu: 256,
      memory: 512,
      secrets: { A: "arn" },
      tasks: { ...tasks, taskRole: undefined, publicAddress: false },
    });
    const other = { ...TASK, cpu: 512, memory: 1024, cluster: "ops", subnets: ["subnet-2"] };
    expect(planWorker("diary", environment, other, {})).toMatchObject({
      cluster: "ops",
      tasks: { subnets: ["subnet-2"], securityGroups: ["sg-1"] },
    });
  });

  test("the ledger's secret has a name of its own", () => {
    expect(workerLedgerSecret("diary", { as: "codebuild", project: "p1" })).toBe(
      "diary/{env}/worker-ledger-url",
    );
    expect(workerLedgerSecret("diary", { as: "codebuild", project: "p1", ledgerSecret: "x" })).toBe("x");
  });

  test.each<[unknown, string]>([
    [
      "there",
      `database/runs: should be "here", or an object with as: "ecs-task" or as: "codebuild", got "there"`,
    ],
    [
      { as: "ecs-task", image: "worker:latest" },
      `database/runs/image: should be an image by digest, <repository>@sha256:<64 hex digits>, got "worker:latest"`,
    ],
    [
      { as: "codebuild", project: "p1", projekt: "x" },
      `database/runs/projekt: unknown key; did you mean "project"?`,
    ],
    [
      { ...TASK, ledgerSecret: "x/{stage}" },
      `database/runs/ledgerSecret: has a placeholder other than {env}: "x/{stage}" (only {env} is filled in)`,
    ],
  ])("refuses %j", (runs, says) => {
    const result = readConfig(aWrittenConfig({ database: { runs } as never }));
    expect(result.kind === "refused" ? result.problems.map(sentence) : result).toEqual([says]);
  });
});
