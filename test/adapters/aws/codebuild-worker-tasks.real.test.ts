import { CreateProjectCommand, StartBuildCommand } from "@aws-sdk/client-codebuild";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { codebuildWorkerTasks } from "../../../src/adapters/aws/codebuild-worker-tasks.ts";
import type { WorkerTasks } from "../../../src/ports/worker-tasks.ts";
import { ChildRunner, CRASH } from "../../cloud/ecs/child-runner.ts";
import { practiceCloud, refusal, type PracticeCloud } from "../../cloud/practice-cloud.ts";
import { until } from "../../cloud/until.ts";

const WAITS = `process.on("SIGTERM", () => process.exit(0)); setInterval(() => undefined, 1000);`;

let practice: PracticeCloud;
let runner: ChildRunner;

beforeEach(async () => {
  runner = new ChildRunner({ waits: WAITS, crashes: CRASH });
  practice = await practiceCloud({ runner });
  for (const image of ["waits", "crashes", "nowhere"]) {
    await practice.clients.codebuild.send(
      new CreateProjectCommand({
        name: image,
        source: { type: "NO_SOURCE" },
        artifacts: { type: "NO_ARTIFACTS" },
        serviceRole: "arn:aws:iam::000000000000:role/build",
        environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image },
      }),
    );
  }
});
afterEach(() => practice.close());

function tasksOf(project: string, secrets: Readonly<Record<string, string>> = {}): WorkerTasks {
  return codebuildWorkerTasks(
    {
      region: "us-east-1",
      endpoint: practice.cloud.endpoint,
      credentials: { accessKeyId: "slipway", secretAccessKey: "slipway" },
    },
    project,
    () => Promise.resolve(secrets),
  );
}

const stopped = (tasks: WorkerTasks, worker: string) =>
  until(
    () => tasks.state(worker),
    ({ kind }) => kind === "stopped",
  );

test("one build for a run, however often it is asked for; it has its secrets, and stops when it is asked to", async () => {
  await practice.clients.secrets.send(new CreateSecretCommand({ Name: "login", SecretString: "swordfish" }));
  const tasks = tasksOf("waits", { KEY: "login" });
  const run = randomUUID();
  const build = await tasks.start(run);
  expect(await tasks.start(run)).toBe(build);
  await until(
    () => tasks.state(build),
    ({ kind }) => kind === "running",
  );
  expect(
    await until(
      () => runner.orders.length,
      (count) => count > 0,
    ),
  ).toBe(1);
  expect(runner.orders[0]).toMatchObject({
    entryPoint: ["/bin/sh", "-c"],
    command: ["set -e\nexec slipway migrate worker"],
    env: { SLIPWAY_WORKER_RUN: run, KEY: "swordfish" },
  });

  await tasks.stop(build, "the deployment has ended");
  expect(await stopped(tasks, build)).toEqual({ kind: "stopped", because: "STOPPED: Build stopped by user" });
  expect(runner.running).toBe(0);
});

test("a build whose start was done and whose answer was lost is the one that is answered", async () => {
  const lost = { service: "codebuild", operation: "StartBuild", nth: 1, fault: "reset-after" } as const;
  practice.cloud.faults.replace([lost]);
  const tasks = tasksOf("waits");
  const build = await tasks.start(randomUUID());
  await until(
    () => tasks.state(build),
    ({ kind }) => kind === "running",
  );
  expect(runner.orders).toHaveLength(1);
});

test("why a build ended is told in the platform's words", async () => {
  const crashed = tasksOf("crashes");
  expect(await stopped(crashed, await crashed.start(randomUUID()))).toEqual({
    kind: "stopped",
    because: "FAILED: COMMAND_EXECUTION_ERROR: Error while executing command. Reason: exit status 3",
  });
  const nowhere = tasksOf("nowhere", { KEY: "missing" });
  expect(await stopped(nowhere, await nowhere.start(randomUUID()))).toEqual({
    kind: "stopped",
    because: "FAILED: nowhere: not found",
  });
  const secretless = tasksOf("waits", { KEY: "missing" });
  expect(await stopped(secretless, await secretless.start(randomUUID()))).toMatchObject({
    because: expect.stringContaining("unable to retrieve secret from asm for KEY") as string,
  });
  await expect(tasksOf("unknown").start(randomUUID())).rejects.toMatchObject({ exit: "verifyFailed" });
});

test("a token with another request, a time limit, and a build without commands are refused", async () => {
  const start = (changes: object) =>
    refusal(
      practice.clients.codebuild.send(
        new StartBuildCommand({
          projectName: "waits",
          idempotencyToken: "t",
          buildspecOverride: "phases: {build: {commands: [true]}}",
          ...changes,
        }),
      ),
    );
  expect(await start({})).toEqual({ name: "Error", message: "nothing was refused" });
  expect(await start({ timeoutInMinutesOverride: 10 })).toMatchObject({ name: "InvalidInputException" });
  expect(await start({ idempotencyToken: "u", timeoutInMinutesOverride: 4 })).toMatchObject({
    message: "timeoutInMinutesOverride must be between 5 and 2160.",
  });
  expect(await start({ idempotencyToken: "v", buildspecOverride: "version: 0.2" })).toMatchObject({
    message: "YAML_FILE_ERROR: the buildspec has no commands",
  });
});
