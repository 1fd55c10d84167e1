import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CloudAccess } from "../../../src/adapters/aws/client-settings.ts";
import { ecsService } from "../../../src/adapters/aws/ecs-service.ts";
import { ecsTaskRegistry } from "../../../src/adapters/aws/ecs-task-registry.ts";
import type { RolloutProgress, ServiceSpec, TaskSpec } from "../../../src/core/deployment/service.ts";
import type { ContainerService } from "../../../src/ports/container-service.ts";
import type { TaskRegistry } from "../../../src/ports/task-registry.ts";
import { CRASH, serverProgram } from "../../cloud/ecs/child-runner.ts";
import { PracticeService } from "../../cloud/ecs/practice-service.ts";
import { until } from "../../cloud/until.ts";

const WEB: ServiceSpec = {
  cluster: "main",
  service: "web",
  targetGroup: "web",
  container: "app",
  port: 3000,
  tasks: undefined,
};

const task = (image: string, env: Record<string, string> = {}): TaskSpec => ({
  family: "web",
  container: "app",
  image,
  cpu: 256,
  memory: 512,
  port: 3000,
  env: { GREETING: "hello", ...env },
  secrets: {},
  executionRole: undefined,
  taskRole: undefined,
});

const OPEN = new Set<RolloutProgress["state"]>(["pending", "in-progress", "rolling-back"]);

let web: PracticeService;
let services: ContainerService;
let tasks: TaskRegistry;

beforeEach(async () => {
  web = await PracticeService.begin({
    v1: serverProgram("v1"),
    v2: serverProgram("v2"),
    sick: serverProgram("sick", { healthStatus: 500 }),
    broken: CRASH,
  });
  const access: CloudAccess = {
    region: "us-east-1",
    endpoint: web.practice.cloud.endpoint,
    credentials: { accessKeyId: "slipway", secretAccessKey: "slipway" },
  };
  services = ecsService(access);
  tasks = ecsTaskRegistry(access);
});

afterEach(async () => {
  await web.close();
});

/** Brings the service to a revision and answers how its rollout ended. */
async function rollOut(revision: string, desired = 1): Promise<RolloutProgress> {
  const rollout = await services.shift(WEB, revision, desired);
  return until(
    () => services.progress(WEB, rollout),
    ({ state }) => !OPEN.has(state),
  );
}

test("what bounds a rollout is asked of the service, its task definition and its target group", async () => {
  expect(await services.settings(WEB)).toBeUndefined();
  await rollOut(await tasks.stage(task("v1")));

  expect(await services.settings(WEB)).toEqual({
    healthIntervalSeconds: 5,
    healthyThreshold: 2,
    drainSeconds: 300,
    stopSeconds: 30,
    surge: 1,
  });
});

describe("task definitions", () => {
  test("an equal one is registered once, another one gets a revision of its own", async () => {
    const first = await tasks.stage(task("v1"));

    expect(await tasks.stage(task("v1"))).toBe(first);
    expect(await tasks.stage(task("v1", { GREETING: "good day" }))).not.toBe(first);
    expect(await tasks.stage(task("v2"))).not.toBe(first);
  });

  test("one that was registered exists, another does not", async () => {
    const revision = await tasks.stage(task("v1"));

    expect(await tasks.exists(revision)).toBe(true);
    expect(await tasks.exists(revision.replace(/:\d+$/, ":99"))).toBe(false);
  });
});

describe("a service", () => {
  test("that does not exist is observed as nothing, and created by its first shift", async () => {
    expect(await services.observe(WEB)).toBeUndefined();

    const revision = await tasks.stage(task("v1"));
    const ended = await rollOut(revision, 2);

    expect(ended).toMatchObject({ state: "successful", revision, desired: 2, running: 2 });
    expect(await services.observe(WEB)).toEqual({
      revision,
      image: "v1",
      desired: 2,
      running: 2,
      underWay: undefined,
    });
    const url = await services.url(WEB);
    expect(await (await fetch(url)).text()).toBe("v1");
    expect(await (await fetch(`${url}/env`)).json()).toMatchObject({ GREETING: "hello" });
  });

  test("that moves tells the rollout under way by the id that shift answered", async () => {
    await rollOut(await tasks.stage(task("v1")));
    const revision = await tasks.stage(task("v2"));

    const rollout = await services.shift(WEB, revision, 1);

    expect(await services.observe(WEB)).toMatchObject({ revision, underWay: rollout });
    await until(
      () => services.progress(WEB, rollout),
      ({ state }) => state === "successful",
    );
    expect(await services.observe(WEB)).toMatchObject({ revision, underWay: undefined });
  });

  test("that crashes is rolled back by the platform; the reason and the exit code are told", async () => {
    const good = await tasks.stage(task("v1"));
    await rollOut(good);
    const bad = await tasks.stage(task("broken"));

    const ended = await rollOut(bad);

    expect(ended).toMatchObject({ state: "rolled-back", revision: bad, reason: expect.stringMatching(/./) });
    expect(await services.observe(WEB)).toMatchObject({ revision: good });
    const stopped = (await services.stoppedTasks(WEB)).filter(({ revision }) => revision === bad);
    expect(stopped[0]).toEqual({
      task: expect.stringMatching(/^[0-9a-f]{32}$/),
      revision: bad,
      reason: expect.stringMatching(/./),
      exitCode: 3,
    });
    expect(await (await fetch(await services.url(WEB))).text()).toBe("v1");
  });

  test("that never becomes healthy is rolled back by the platform too", async () => {
    const good = await tasks.stage(task("v1"));
    await rollOut(good);

    expect(await rollOut(await tasks.stage(task("sick")))).toMatchObject({ state: "rolled-back" });
    expect(await services.observe(WEB)).toMatchObject({ revision: good });
  });

  test("that is brought to the revision it is at gets a rollout that can be waited for", async () => {
    const revision = await tasks.stage(task("v1"));
    await rollOut(revision);

    expect(await rollOut(revision, 2)).toMatchObject({ state: "successful", revision, running: 2 });
  });

  test("that is stopped has no tasks, and can be brought back", async () => {
    const revision = await tasks.stage(task("v1"));
    await rollOut(revision);

    await services.stop(WEB);
    await until(
      () => services.observe(WEB),
      (service) => service?.running === 0,
    );
    expect(await services.observe(WEB)).toMatchObject({ desired: 0, running: 0 });
    expect(await rollOut(revision)).toMatchObject({ state: "successful", running: 1 });
  });
});

describe("what is missing is named", () => {
  test("the cluster", async () => {
    await expect(services.observe({ ...WEB, cluster: "other" })).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "CLUSTER_MISSING", at: "aws/ecs/DescribeServices" }],
    });
  });

  test("the target group", async () => {
    const revision = await tasks.stage(task("v1"));

    await expect(services.shift({ ...WEB, targetGroup: "other" }, revision, 1)).rejects.toMatchObject({
      problems: [{ code: "TARGET_GROUP_MISSING", at: "other" }],
    });
  });
});
