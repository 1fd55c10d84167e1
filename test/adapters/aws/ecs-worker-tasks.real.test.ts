import { CreateClusterCommand, ListTasksCommand } from "@aws-sdk/client-ecs";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CloudAccess } from "../../../src/adapters/aws/client-settings.ts";
import { ecsWorkerTasks } from "../../../src/adapters/aws/ecs-worker-tasks.ts";
import type { WorkerSpec } from "../../../src/core/worker/worker-spec.ts";
import type { WorkerTasks } from "../../../src/ports/worker-tasks.ts";
import { ChildRunner, CRASH } from "../../cloud/ecs/child-runner.ts";
import { practiceCloud, type PracticeCloud } from "../../cloud/practice-cloud.ts";
import { until } from "../../cloud/until.ts";

const WAITS = `process.on("SIGTERM", () => process.exit(0)); setInterval(() => undefined, 1000);`;

let practice: PracticeCloud;
let runner: ChildRunner;
const tasksOf = (image: string): WorkerTasks => {
  const access: CloudAccess = {
    region: "us-east-1",
    endpoint: practice.cloud.endpoint,
    credentials: { accessKeyId: "slipway", secretAccessKey: "slipway" },
  };
  const spec: WorkerSpec = {
    cluster: "main",
    family: "diary-local-slipway-worker",
    container: "slipway-worker",
    image,
    cpu: 256,
    memory: 512,
    secrets: {},
    tasks: undefined,
  };
  return ecsWorkerTasks(access, "main", () => Promise.resolve(spec));
};

beforeEach(async () => {
  runner = new ChildRunner({ waits: WAITS, crashes: CRASH });
  practice = await practiceCloud({ runner });
  await practice.clients.ecs.send(new CreateClusterCommand({ clusterName: "main" }));
});
afterEach(() => practice.close());

test("one task for a run, however often it is asked for; it is told its run, and stops when it is asked to", async () => {
  const tasks = tasksOf("waits");
  const run = randomUUID();
  const task = await tasks.start(run);
  expect(await tasks.start(run)).toBe(task);
  expect(await tasks.start(randomUUID())).not.toBe(task);
  await until(
    () => tasks.state(task),
    ({ kind }) => kind === "running",
  );
  expect(runner.orders[0]).toMatchObject({
    command: ["migrate", "worker"],
    env: { SLIPWAY_WORKER_RUN: run },
  });

  await tasks.stop(task, "the deployment has ended");
  expect(
    await until(
      () => tasks.state(task),
      ({ kind }) => kind === "stopped",
    ),
  ).toEqual({ kind: "stopped", because: "the deployment has ended, exit code 0" });
});

test("a task whose start was done and whose answers were all lost is found, and no second one is started", async () => {
  const tasks = tasksOf("waits");
  // As often as the client tries.
  practice.cloud.faults.replace(
    [1, 2, 3, 4, 5].map((nth) => ({
      service: "ecs",
      operation: "RunTask",
      nth,
      fault: "reset-after" as const,
    })),
  );
  const run = randomUUID();
  const task = await tasks.start(run);

  const listed = await practice.clients.ecs.send(new ListTasksCommand({ cluster: "main" }));
  expect(listed.taskArns).toEqual([task]);
});

test("why a task stopped is told in the platform's words", async () => {
  const crashed = await tasksOf("crashes").start(randomUUID());
  const state = await until(
    () => tasksOf("crashes").state(crashed),
    ({ kind }) => kind === "stopped",
  );
  expect(state).toEqual({ kind: "stopped", because: "Essential container in task exited, exit code 3" });
  const missing = await tasksOf("nowhere").start(randomUUID());
  expect(
    await until(
      () => tasksOf("nowhere").state(missing),
      ({ kind }) => kind === "stopped",
    ),
  ).toEqual({ kind: "stopped", because: "CannotPullContainerError: nowhere: not found" });
});
