import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { createServer, request, type RequestListener, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { practiceCloud, refusal, type PracticeCloud } from "../practice-cloud.ts";
import { until } from "../until.ts";

let practice: PracticeCloud;
let url: string;
let TargetGroupArn: string;
let LoadBalancerArn: string;
const servers: { close(): void; closeAllConnections?(): void }[] = [];

beforeEach(async () => {
  practice = await practiceCloud({ compression: 100 });
  const { elb } = practice.clients;
  const group = await elb.send(
    new CreateTargetGroupCommand({
      Name: "web",
      Port: 80,
      Protocol: "HTTP",
      TargetType: "ip",
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 5,
    }),
  );
  TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? "";
  const balancer = await elb.send(new CreateLoadBalancerCommand({ Name: "web" }));
  LoadBalancerArn = balancer.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  const listener = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  url = `http://127.0.0.1:${listener.Listeners?.[0]?.Port}`;
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections?.();
  }
  await practice.close();
});

/** An HTTP server on loopback whose health check passes. */
async function backend(answer: RequestListener): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === "/health") response.end();
    else answer(request, response);
  });
  return listen(server);
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

async function register(...ports: number[]): Promise<void> {
  const Targets = ports.map((Port) => ({ Id: "127.0.0.1", Port }));
  await practice.clients.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  await until(health, (states) => ports.every((port) => states[port] === "healthy"));
}

async function health(): Promise<Record<number, string>> {
  const answer = await practice.clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  const described = answer.TargetHealthDescriptions ?? [];
  return Object.fromEntries(described.map((one) => [one.Target?.Port ?? 0, one.TargetHealth?.State ?? ""]));
}

const text = async (path = "/", init: RequestInit = {}) => {
  const response = await fetch(url + path, init);
  return [response.status, await response.text()] as const;
};

test("requests go to the healthy targets in turn", async () => {
  const ports = await Promise.all(
    ["a", "b"].map((name) => backend((_request, response) => void response.end(name))),
  );
  await register(...ports);
  const answers = await Promise.all(Array.from({ length: 10 }, () => text()));
  expect(
    answers
      .map(([, body]) => body)
      .toSorted()
      .join(""),
  ).toBe("aaaaabbbbb");
});

test("without a target the answer is 503, with one that hangs up it is 502", async () => {
  expect((await text())[0]).toBe(503);
  const port = await backend((request) => void request.socket.destroy());
  await register(port);
  expect((await text())[0]).toBe(502);
  expect((await text("/", { method: "POST", body: "x" }))[0]).toBe(502);
});

test("a request that can be repeated moves on when a target hangs up, one that cannot does not", async () => {
  const posted: string[] = [];
  const bad = await backend((request) => {
    posted.push(request.method ?? "");
    request.socket.destroy();
  });
  const good = await backend((request, response) => {
    posted.push(request.method ?? "");
    response.end("good");
  });
  await register(bad, good);
  const answers = await Promise.all(Array.from({ length: 8 }, () => text()));
  expect(answers).toEqual(Array.from({ length: 8 }, () => [200, "good"]));
  posted.length = 0;
  const posts = await Promise.all([1, 2, 3, 4].map(() => text("/", { method: "POST", body: "once" })));
  expect(posts.map(([status]) => String(status)).toSorted()).toEqual(["200", "200", "502", "502"]);
  expect(posted).toEqual(["POST", "POST", "POST", "POST"]);
});

test("a target that is deregistered finishes what it has and gets nothing new", async () => {
  let finish: () => void = () => undefined;
  let begun = 0;
  const slow = await backend((_request, response) => {
    begun += 1;
    finish = () => response.end("finished");
  });
  const other = await backend((_request, response) => void response.end("other"));
  await register(slow);
  const underWay = text();
  await until(
    () => begun,
    (count) => count === 1,
  );
  await register(other);
  await practice.clients.elb.send(
    new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1", Port: slow }] }),
  );
  expect((await health())[slow]).toBe("draining");
  const fresh = await Promise.all([text(), text(), text()]);
  expect(fresh.map(([, body]) => body)).toEqual(["other", "other", "other"]);
  finish();
  expect(await underWay).toEqual([200, "finished"]);
  expect(await until(health, (states) => states[slow] === undefined)).toEqual({ [other]: "healthy" });
});

test("draining ends with the deregistration delay, whatever is still under way", async () => {
  const { elb } = practice.clients;
  const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "10" }];
  await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  let begun = 0;
  const hanging = await backend(() => void (begun += 1));
  await register(hanging);
  const underWay = text();
  await until(
    () => begun,
    (count) => count === 1,
  );
  await elb.send(
    new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1", Port: hanging }] }),
  );
  expect(await until(health, (states) => states[hanging] === undefined)).toEqual({});
  expect((await underWay)[0]).toBe(502);
});

test("a target that fails its checks is taken out and taken back", async () => {
  let status = 200;
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/health" ? status : 200;
    response.end("moody");
  });
  const moody = await listen(server);
  const steady = await backend((_request, response) => void response.end("steady"));
  await register(moody, steady);
  status = 500;
  await until(health, (states) => states[moody] === "unhealthy");
  const described = await practice.clients.elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1", Port: moody }] }),
  );
  expect(described.TargetHealthDescriptions?.[0]?.TargetHealth).toEqual({
    State: "unhealthy",
    Reason: "Target.ResponseCodeMismatch",
    Description: "Health checks failed with these codes: [500]",
  });
  const answers = await Promise.all([text(), text(), text(), text()]);
  expect(answers.map(([, body]) => body)).toEqual(["steady", "steady", "steady", "steady"]);
  status = 200;
  await until(health, (states) => states[moody] === "healthy");
});

test("bodies go through as streams, in both directions, with the client's address", async () => {
  const port = await backend((request, response) => {
    response.setHeader("seen", JSON.stringify([request.headers.host, request.headers["x-forwarded-for"]]));
    request.pipe(response);
  });
  await register(port);
  const echoed = await new Promise<{ seen: unknown; chunks: string[] }>((done, failed) => {
    const chunks: string[] = [];
    const post = request(url, { method: "POST", headers: { host: "app.example" } }, (response) => {
      response.setEncoding("utf8").on("data", (chunk: string) => {
        chunks.push(chunk);
        // The second half is sent only after the first has come back.
        if (chunk === "first") post.end("second");
      });
      response.on("end", () => done({ seen: JSON.parse(String(response.headers["seen"])), chunks }));
    });
    post.on("error", failed);
    post.write("first");
  });
  expect(echoed).toEqual({ seen: ["app.example", "127.0.0.1"], chunks: ["first", "second"] });
});

test("an upgraded connection is passed through and counts as under way", async () => {
  const server = createServer((_request, response) => response.end());
  server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    socket.pipe(socket);
  });
  const port = await listen(server);
  await register(port);
  const client = connect(Number(new URL(url).port), "127.0.0.1");
  servers.push({ close: () => client.destroy() });
  let received = "";
  client.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
  client.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  await until(
    () => received,
    (so) => so.includes("\r\n\r\n"),
  );
  expect(received.split("\r\n")[0]).toBe("HTTP/1.1 101 Switching Protocols");
  client.write("hello");
  await until(
    () => received,
    (so) => so.endsWith("hello"),
  );
  await practice.clients.elb.send(
    new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1", Port: port }] }),
  );
  expect((await health())[port]).toBe("draining");
  client.destroy();
  await until(health, (states) => states[port] === undefined);
});

test("what was made is described, and what is not there is refused with AWS's names", async () => {
  const { elb } = practice.clients;
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ Names: ["web"] }));
  expect(LoadBalancers?.[0]).toMatchObject({
    LoadBalancerArn,
    DNSName: "127.0.0.1",
    State: { Code: "active" },
  });
  expect(LoadBalancers?.[0]?.CreatedTime).toBeInstanceOf(Date);
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ Names: ["web"] }));
  expect(TargetGroups?.[0]).toMatchObject({
    TargetGroupArn,
    LoadBalancerArns: [LoadBalancerArn],
    Matcher: { HttpCode: "200" },
  });
  const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  expect(`http://127.0.0.1:${Listeners?.[0]?.Port}`).toBe(url);

  const again = await elb.send(new CreateLoadBalancerCommand({ Name: "web" }));
  expect(again.LoadBalancers?.[0]?.LoadBalancerArn).toBe(LoadBalancerArn);
  const names = await Promise.all([
    refusal(elb.send(new DescribeLoadBalancersCommand({ Names: ["nowhere"] }))),
    refusal(elb.send(new DescribeTargetGroupsCommand({ Names: ["nowhere"] }))),
    refusal(elb.send(new CreateTargetGroupCommand({ Name: "web", Port: 81 }))),
    refusal(elb.send(new CreateTargetGroupCommand({ Name: "-wrong-" }))),
  ]);
  expect(names.map(({ name }) => name)).toEqual([
    "LoadBalancerNotFoundException",
    "TargetGroupNotFoundException",
    "DuplicateTargetGroupNameException",
    "ValidationError",
  ]);
});
