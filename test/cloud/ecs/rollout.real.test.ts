import {
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterEach, expect, test } from "vitest";
import { until } from "../until.ts";
import { CRASH, serverProgram } from "./child-runner.ts";
import { PracticeService } from "./practice-service.ts";

let web: PracticeService;
afterEach(() => web.close());

/** Answers `true` until the promise has ended. */
function whilePending(promise: Promise<unknown>): () => boolean {
  let pending = true;
  void promise.finally(() => (pending = false));
  return () => pending;
}

const text = async (path = "/") => (await fetch(web.url + path)).text();

test("a service is rolled out and answers behind its load balancer", async () => {
  web = await PracticeService.begin({ v1: serverProgram("v1") });
  const ended = await web.ended(await web.create(await web.register("v1")));
  expect(ended).toMatchObject({
    status: "SUCCESSFUL",
    sourceServiceRevisions: [],
    targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 },
    deploymentCircuitBreaker: { status: "MONITORING_COMPLETE", failureCount: 0, threshold: 3 },
  });
  expect(await text()).toBe("v1");
  const service = await web.service();
  expect(service).toMatchObject({ runningCount: 2, pendingCount: 0, desiredCount: 2, status: "ACTIVE" });
  expect(service.deployments).toMatchObject([
    { status: "PRIMARY", rolloutState: "COMPLETED", failedTasks: 0 },
  ]);
  expect(service.deployments?.[0]?.id).toMatch(/^ecs-svc\/\d{19}$/);
  expect(service.events?.[0]?.message).toBe("(service web) has reached a steady state.");
});

test("no request fails while a new version takes over", async () => {
  web = await PracticeService.begin({
    v1: serverProgram("v1", { abrupt: true }),
    v2: serverProgram("v2", { abrupt: true }),
  });
  await web.ended(await web.create(await web.register("v1")));

  const arn = await web.update(await web.register("v2"));
  const end = web.ended(arn);
  const during = whilePending(end);
  const answers: string[] = [];
  for (let asked = 0; asked < 200 && during(); asked += 4) {
    answers.push(...(await Promise.all([text(), text(), text(), text()])));
    await new Promise((done) => setTimeout(done, 15));
  }
  expect((await end).status).toBe("SUCCESSFUL");
  expect(new Set(answers)).toEqual(new Set(["v1", "v2"]));
  expect(await text()).toBe("v2");
  const stopped = await web.tasks("STOPPED");
  expect(stopped.map((task) => [task.stopCode, task.containers?.[0]?.exitCode])).toEqual([
    ["ServiceSchedulerInitiated", 0],
    ["ServiceSchedulerInitiated", 0],
  ]);
});

test("a request under way is answered by the old version before its task gets SIGTERM", async () => {
  web = await PracticeService.begin({
    v1: serverProgram("v1", { abrupt: true }),
    v2: serverProgram("v2", { abrupt: true }),
  });
  await web.ended(await web.create(await web.register("v1"), { desiredCount: 1 }));
  const slow = async () => {
    const response = await fetch(`${web.url}/slow`);
    return [response.status, await response.text()] as const;
  };
  const arn = await web.update(await web.register("v2"));
  const answers: (readonly [number, string])[] = [];
  const end = web.ended(arn);
  const during = whilePending(end);
  while (during() && answers.length < 40) answers.push(...(await Promise.all([slow(), slow()])));
  expect((await end).status).toBe("SUCCESSFUL");
  expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
  expect(answers.map(([, body]) => body)).toContain("slow v1");
});

test("the circuit breaker goes back to what ran before, and says why the tasks stopped", async () => {
  web = await PracticeService.begin({ v1: serverProgram("v1"), broken: CRASH });
  await web.ended(await web.create(await web.register("v1")));
  const before = await web.service();

  const ended = await web.ended(await web.update(await web.register("broken")));
  expect(ended).toMatchObject({
    status: "ROLLBACK_SUCCESSFUL",
    deploymentCircuitBreaker: { status: "TRIGGERED", threshold: 3 },
    rollback: {
      reason: "Service deployment rolled back because the circuit breaker threshold was exceeded.",
    },
  });
  expect(ended.deploymentCircuitBreaker?.failureCount).toBeGreaterThanOrEqual(3);
  expect(await text()).toBe("v1");
  const after = await web.service();
  expect(after.deployments).toHaveLength(1);
  expect(after.deployments?.[0]?.id).toBe(before.deployments?.[0]?.id);
  expect(after.deployments?.[0]?.taskDefinition).toBe(before.taskDefinition);

  const crashed = (await web.tasks("STOPPED")).filter((task) => task.stopCode === "EssentialContainerExited");
  expect(crashed.length).toBeGreaterThanOrEqual(3);
  expect(crashed[0]).toMatchObject({
    lastStatus: "STOPPED",
    stoppedReason: "Essential container in task exited",
    containers: [{ name: "app", exitCode: 3, lastStatus: "STOPPED" }],
  });
});

test("tasks whose health check fails open the circuit breaker as well", async () => {
  web = await PracticeService.begin({
    v1: serverProgram("v1"),
    sick: serverProgram("sick", { healthStatus: 500 }),
  });
  await web.ended(await web.create(await web.register("v1"), { desiredCount: 1 }));
  const ended = await web.ended(await web.update(await web.register("sick")));
  expect(ended.status).toBe("ROLLBACK_SUCCESSFUL");
  const reasons = (await web.tasks("STOPPED")).map((task) => task.stoppedReason);
  expect(reasons).toContain(`Task failed ELB health checks in (target-group ${web.targetGroupArn})`);
  const { events } = await web.service();
  expect(events?.some((one) => one.message?.includes("Health checks failed with these codes: [500]"))).toBe(
    true,
  );
  expect(await text()).toBe("v1");
});

test("a first deployment that cannot pull its image ends stopped, with the registry's words", async () => {
  web = await PracticeService.begin({});
  const ended = await web.ended(await web.create(await web.register("nowhere/app:1")));
  expect(ended).toMatchObject({ status: "STOPPED", deploymentCircuitBreaker: { status: "TRIGGERED" } });
  const [task] = await web.tasks("STOPPED");
  expect([task?.stopCode, task?.stoppedReason]).toEqual([
    "TaskFailedToStart",
    "CannotPullContainerError: nowhere/app:1: not found",
  ]);
  const service = await web.service();
  expect(service.deployments?.[0]).toMatchObject({
    rolloutState: "FAILED",
    rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
  });
});

test("a deployment that is stopped with ROLLBACK goes back, whatever the circuit breaker says", async () => {
  web = await PracticeService.begin({
    v1: serverProgram("v1"),
    sick: serverProgram("sick", { healthStatus: 500 }),
  });
  const config = {
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
  };
  await web.ended(await web.create(await web.register("v1"), config));
  const arn = await web.update(await web.register("sick"));
  await until(
    () => web.deployment(arn),
    (one) => one.status === "IN_PROGRESS",
  );
  await web.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: "ROLLBACK" }));
  const ended = await web.ended(arn);
  expect(ended.status).toBe("ROLLBACK_SUCCESSFUL");
  expect(ended.rollback?.serviceRevisionArn).toBe(ended.sourceServiceRevisions?.[0]?.arn);
  expect(await text()).toBe("v1");
  const listed = await web.ecs.send(new ListServiceDeploymentsCommand({ cluster: "main", service: "web" }));
  expect(listed.serviceDeployments?.map((one) => one.status)).toEqual(["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]);
});

test("a task that dies in a steady service is replaced without a new deployment", async () => {
  web = await PracticeService.begin({ v1: serverProgram("v1") });
  await web.ended(await web.create(await web.register("v1"), { desiredCount: 1 }));
  const [first] = await web.tasks("RUNNING");
  await web.ecs.send(
    new StopTaskCommand({ cluster: "main", task: first?.taskArn, reason: "stopped in a test" }),
  );
  const second = await until(
    () => web.tasks("RUNNING"),
    (tasks) =>
      tasks.length === 1 && tasks[0]?.taskArn !== first?.taskArn && tasks[0]?.healthStatus === "HEALTHY",
  );
  expect(second[0]?.startedBy).toBe(first?.startedBy);
  expect(await text()).toBe("v1");
});
