import { CreateRepositoryCommand } from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type ContainerDefinition,
  type Task,
} from "@aws-sdk/client-ecs";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ImageRoots } from "../../../src/cloud/containers/image-roots.ts";
import { SandboxRunner } from "../../../src/cloud/containers/sandbox-runner.ts";
import { startCloud, type Cloud } from "../../../src/cloud/start.ts";
import { Secret } from "../../../src/core/secret.ts";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { clientsFor } from "../practice-cloud.ts";
import { until } from "../until.ts";
import { pushHostImage } from "./host-image.ts";

const { network } = await sandboxAbility();
let folder: string;
let cloud: Cloud;
let clients: ReturnType<typeof clientsFor>;
let neighbour: Server;
let stranger: Server;
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-tasks-test-"));
  [neighbour, stranger] = await Promise.all([listen("from the database"), listen("not for you")]);
  const practice = { username: "slipway", password: new Secret("password", "slipway") };
  const roots = new ImageRoots(join(folder, "roots"), () => practice);
  const runner = new SandboxRunner({
    folder: join(folder, "tasks"),
    roots,
    neighbours: () => [
      { alias: "cloud.internal", port: Number(cloud.registry.split(":")[1]) },
      { alias: "database.internal", port: portOf(neighbour) },
    ],
  });
  cloud = await startCloud({ folder, runner, compression: 100 });
  clients = clientsFor(cloud.endpoint);
  await clients.ecs.send(new CreateClusterCommand({ clusterName: "main" }));
  await clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "app" }));
});

afterAll(async () => {
  await cloud.close();
  neighbour.close();
  stranger.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a task runs the pushed image: its layers, its command, its variables", async () => {
  const image = await pushHostImage(
    cloud.registry,
    "app",
    [
      { files: { "app/a.txt": "old a", "app/b.txt": "old b" } },
      { files: { "app/a.txt": "new a" }, removed: ["app/b.txt"] },
    ],
    { Entrypoint: ["node", "-e"], WorkingDir: "/app", Env: ["FROM_IMAGE=yes"] },
  );
  const program = `
    const fs = require("node:fs");
    const { FROM_IMAGE, FROM_TASK, AWS_REGION, HOME } = process.env;
    fs.writeFileSync("written", "x");
    console.log(JSON.stringify({ files: fs.readdirSync(".").sort(), a: fs.readFileSync("a.txt", "utf8"),
      cwd: require("node:path").basename(process.cwd()), FROM_IMAGE, FROM_TASK, AWS_REGION, HOME }));`;
  const { task, output } = await runOnce({
    image,
    command: [program],
    environment: [{ name: "FROM_TASK", value: "too" }],
  });
  expect(task.containers?.[0]).toMatchObject({ exitCode: 0, imageDigest: image.split("@")[1] });
  expect(JSON.parse(output)).toEqual({
    files: ["a.txt", "written"],
    a: "new a",
    cwd: "app",
    FROM_IMAGE: "yes",
    FROM_TASK: "too",
    AWS_REGION: "us-east-1",
  });
});

test("a secret reaches the container by its name, its ARN and a key of its JSON", async () => {
  const value = JSON.stringify({ user: "ada", password: "swordfish" });
  const { ARN } = await clients.secrets.send(new CreateSecretCommand({ Name: "login", SecretString: value }));
  const image = await printer("process.env.WHOLE + ' ' + process.env.PART");
  const secrets = [
    { name: "WHOLE", valueFrom: "login" },
    { name: "PART", valueFrom: `${ARN}:password::` },
  ];
  expect((await runOnce({ image, secrets })).output).toBe(`${value} swordfish\n`);
});

test("a task whose secret is missing does not start and says why", async () => {
  const image = await printer("1");
  const { task } = await runOnce({ image, secrets: [{ name: "KEY", valueFrom: "nowhere" }] });
  expect(task.stopCode).toBe("TaskFailedToStart");
  expect(task.stoppedReason).toBe(
    "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm for KEY: nowhere: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  );
});

test("a task whose image is not in the registry does not start and says why", async () => {
  const image = `${cloud.registry}/app@sha256:${"0".repeat(64)}`;
  const { task } = await runOnce({ image });
  expect(task.stopCode).toBe("TaskFailedToStart");
  expect(task.stoppedReason).toMatch(/^CannotPullContainerError: .*app@sha256:0{64}/);
});

describe.runIf(network)("on a network of its own", () => {
  test("a task reaches the cloud and the database under the addresses that its variables name", async () => {
    const image = await printer(`
      fetch(process.env.ECS_CONTAINER_METADATA_URI_V4 + "/task").then((r) => r.json()).then((task) => {
        const socket = require("node:net").connect(new URL(process.env.DATABASE_URL).port, new URL(process.env.DATABASE_URL).hostname);
        socket.on("data", (text) => { console.log(task.Family, String(text)); process.exit(0); });
      }), ""`);
    const environment = [
      { name: "DATABASE_URL", value: `postgresql://u:p@127.0.0.1:${portOf(neighbour)}/db` },
    ];
    expect((await runOnce({ image, environment })).output.trim()).toBe("once from the database");
  });

  test("a task reaches nothing else of this machine", async () => {
    const image = await printer(`
      require("node:net").connect(Number(process.env.STRANGER), "127.0.0.1")
        .on("error", (error) => { console.log(error.code); process.exit(0); })
        .on("connect", () => { console.log("connected"); process.exit(1); }), ""`);
    const environment = [{ name: "STRANGER", value: String(portOf(stranger)) }];
    expect((await runOnce({ image, environment })).output.trim()).toBe("ECONNREFUSED");
  });
});

/** An image whose command prints the value of an expression. */
function printer(expression: string): Promise<string> {
  const files = { "main.js": `const value = (${expression.trim()}); if (value !== "") console.log(value);` };
  return pushHostImage(cloud.registry, "app", [{ files }], { Entrypoint: ["node", "/main.js"] });
}

/** Runs a task to its end. */
async function runOnce(container: Partial<ContainerDefinition>): Promise<{ task: Task; output: string }> {
  await clients.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "once",
      containerDefinitions: [{ name: "app", ...container }],
    }),
  );
  const started = await clients.ecs.send(new RunTaskCommand({ cluster: "main", taskDefinition: "once" }));
  const arn = started.tasks?.[0]?.taskArn ?? "";
  const task = await until(
    async () =>
      (await clients.ecs.send(new DescribeTasksCommand({ cluster: "main", tasks: [arn] }))).tasks?.[0] ?? {},
    (one) => one.lastStatus === "STOPPED",
  );
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  if (task.stopCode === "TaskFailedToStart") return { task, output: "" };
  return { task, output: readFileSync(join(folder, "tasks", id, "app", "output.log"), "utf8") };
}

function listen(greeting: string): Promise<Server> {
  return new Promise((done) => {
    const server = createServer((socket) => socket.end(greeting));
    server.listen(0, "127.0.0.1", () => done(server));
  });
}
