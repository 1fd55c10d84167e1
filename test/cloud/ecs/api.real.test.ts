import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refusal } from "../practice-cloud.ts";
import { until } from "../until.ts";
import { serverProgram } from "./child-runner.ts";
import { PracticeService } from "./practice-service.ts";

let web: PracticeService;
beforeAll(async () => void (web = await PracticeService.begin({ v1: serverProgram("v1") })));
afterAll(() => web.close());

test("a task definition is registered under the next revision and described as it was given", async () => {
  const given = {
    family: "shop",
    requiresCompatibilities: ["FARGATE" as const],
    cpu: "256",
    memory: "512",
    executionRoleArn: "arn:aws:iam::000000000000:role/execution",
    containerDefinitions: [
      {
        name: "app",
        image: "v1",
        portMappings: [{ containerPort: 3000 }],
        environment: [{ name: "A", value: "1" }],
        secrets: [{ name: "B", valueFrom: "shop/b" }],
        logConfiguration: { logDriver: "awslogs" as const, options: { "awslogs-group": "shop" } },
      },
    ],
  };
  const first = await web.ecs.send(new RegisterTaskDefinitionCommand(given));
  const second = await web.ecs.send(new RegisterTaskDefinitionCommand(given));
  expect([first, second].map((one) => one.taskDefinition?.taskDefinitionArn)).toEqual([
    "arn:aws:ecs:us-east-1:000000000000:task-definition/shop:1",
    "arn:aws:ecs:us-east-1:000000000000:task-definition/shop:2",
  ]);
  const { taskDefinition } = await web.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: "shop" }),
  );
  expect(taskDefinition).toMatchObject({
    ...given,
    revision: 2,
    status: "ACTIVE",
    networkMode: "awsvpc",
    containerDefinitions: [
      {
        ...given.containerDefinitions[0],
        essential: true,
        portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: "tcp" }],
      },
    ],
  });
  await web.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "shop:2" }));
  const { taskDefinitionArns } = await web.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: "shop" }));
  expect(taskDefinitionArns).toEqual([first.taskDefinition?.taskDefinitionArn]);
  const third = await web.ecs.send(new RegisterTaskDefinitionCommand(given));
  expect(third.taskDefinition?.revision).toBe(3);
});

test.each([
  ["no container", []],
  ["no image", [{ name: "a" }]],
  [
    "the same name twice",
    [
      { name: "a", image: "i" },
      { name: "a", image: "i" },
    ],
  ],
  ["no essential container", [{ name: "a", image: "i", essential: false }]],
  ["a port that is none", [{ name: "a", image: "i", portMappings: [{ containerPort: 70_000 }] }]],
  [
    "a secret that is a variable too",
    [
      {
        name: "a",
        image: "i",
        environment: [{ name: "X", value: "" }],
        secrets: [{ name: "X", valueFrom: "s" }],
      },
    ],
  ],
])("a task definition with %s is refused", async (_name, containerDefinitions) => {
  const call = web.ecs.send(new RegisterTaskDefinitionCommand({ family: "bad", containerDefinitions }));
  expect((await refusal(call)).name).toBe("ClientException");
});

test("Fargate's sizes are checked", async () => {
  const containerDefinitions = [{ name: "a", image: "i" }];
  const size = { requiresCompatibilities: ["FARGATE" as const], cpu: "256", memory: "8192" };
  const call = web.ecs.send(
    new RegisterTaskDefinitionCommand({ family: "bad", containerDefinitions, ...size }),
  );
  expect((await refusal(call)).message).toContain("No Fargate configuration exists for given values");
});

test("what is not there is refused, or listed as a failure, as AWS does", async () => {
  const { ecs } = web;
  const taskDefinition = await web.register("v1");
  const service = { cluster: "main", serviceName: "other", taskDefinition, desiredCount: 1 };
  const names = await Promise.all([
    refusal(ecs.send(new DescribeServicesCommand({ cluster: "nowhere", services: ["web"] }))),
    refusal(ecs.send(new UpdateServiceCommand({ cluster: "main", service: "nowhere", desiredCount: 1 }))),
    refusal(ecs.send(new ListTasksCommand({ cluster: "main", serviceName: "nowhere" }))),
    refusal(ecs.send(new CreateServiceCommand({ ...service, taskDefinition: "nowhere:1" }))),
    refusal(
      ecs.send(
        new CreateServiceCommand({
          ...service,
          deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 },
        }),
      ),
    ),
    refusal(
      ecs.send(
        new CreateServiceCommand({
          ...service,
          loadBalancers: [{ targetGroupArn: web.targetGroupArn, containerName: "app", containerPort: 9999 }],
        }),
      ),
    ),
    refusal(
      ecs.send(
        new StopServiceDeploymentCommand({
          serviceDeploymentArn: "arn:aws:ecs:us-east-1:000000000000:service-deployment/main/web/nowhere",
        }),
      ),
    ),
    refusal(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "nowhere" }))),
  ]);
  expect(names.map(({ name }) => name)).toEqual([
    "ClusterNotFoundException",
    "ServiceNotFoundException",
    "ServiceNotFoundException",
    "ClientException",
    "InvalidParameterException",
    "InvalidParameterException",
    "ServiceDeploymentNotFoundException",
    "ClientException",
  ]);
  const services = await ecs.send(new DescribeServicesCommand({ cluster: "main", services: ["nowhere"] }));
  expect(services.failures).toEqual([
    { arn: "arn:aws:ecs:us-east-1:000000000000:service/main/nowhere", reason: "MISSING" },
  ]);
  const tasks = await ecs.send(new DescribeTasksCommand({ cluster: "main", tasks: ["nowhere"] }));
  expect(tasks.failures?.[0]?.reason).toBe("MISSING");
  const stories = await ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: ["arn:none"] }),
  );
  expect(stories.failures).toEqual([{ arn: "arn:none", reason: "MISSING" }]);
});

test("an update that changes only the number of tasks is no deployment; the same revision by force is one", async () => {
  const { ecs } = web;
  const taskDefinition = await web.register("v1");
  const first = await web.create(taskDefinition, { desiredCount: 1 });
  await web.ended(first);
  const scaled = await ecs.send(
    new UpdateServiceCommand({ cluster: "main", service: "web", desiredCount: 2 }),
  );
  expect(scaled.service?.currentServiceDeployment).toBe(first);
  await until(
    () => web.service(),
    (service) => service.runningCount === 2,
  );
  const forced = await ecs.send(
    new UpdateServiceCommand({ cluster: "main", service: "web", taskDefinition, forceNewDeployment: true }),
  );
  const second = forced.service?.currentServiceDeployment ?? "";
  expect(second).not.toBe(first);
  expect(forced.service?.deployments?.map((one) => one.status)).toEqual(["PRIMARY", "ACTIVE"]);
  const ended = await web.ended(second);
  expect(ended.status).toBe("SUCCESSFUL");
  const { serviceRevisions } = await ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [ended.targetServiceRevision?.arn ?? ""] }),
  );
  expect(serviceRevisions?.[0]).toMatchObject({
    taskDefinition,
    containerImages: [{ containerName: "app", image: "v1" }],
  });
  const stop = ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: second }));
  expect((await refusal(stop)).name).toBe("ConflictException");
});

test("a service is deleted once nothing of it runs, and its name is free again", async () => {
  const { ecs } = web;
  const refused = ecs.send(new DeleteServiceCommand({ cluster: "main", service: "web" }));
  expect((await refusal(refused)).message).toBe("The service cannot be stopped while it is scaled above 0.");
  const deleted = await ecs.send(new DeleteServiceCommand({ cluster: "main", service: "web", force: true }));
  expect(deleted.service?.status).toBe("DRAINING");
  await until(
    () => web.service(),
    (service) => service.status === "INACTIVE",
  );
  expect(web.runner.running).toBe(0);
  expect((await ecs.send(new ListServicesCommand({ cluster: "main" }))).serviceArns).toEqual([]);
  await web.ended(await web.create(await web.register("v1"), { desiredCount: 1 }));
  expect((await web.service()).status).toBe("ACTIVE");
});

test("creating a cluster that is there answers it", async () => {
  const { cluster } = await web.ecs.send(new CreateClusterCommand({ clusterName: "main" }));
  expect(cluster).toMatchObject({ clusterName: "main", status: "ACTIVE" });
});
