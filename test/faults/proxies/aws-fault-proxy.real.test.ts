import { DescribeClustersCommand, ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AwsFaultProxy, type AwsFault } from "./aws-fault-proxy.ts";

let server: Server;
let proxy: AwsFaultProxy;
let reached: string[];

beforeEach(async () => {
  reached = [];
  server = createServer((request, response) => {
    reached.push(String(request.headers["x-amz-target"]).split(".")[1] ?? "");
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(JSON.stringify({ clusters: [{ clusterName: `answer ${reached.length}` }] }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  proxy = await AwsFaultProxy.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

function client(): ECSClient {
  const credentials = { accessKeyId: "practice", secretAccessKey: "practice" };
  return new ECSClient({ endpoint: proxy.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
}

const update = () => client().send(new UpdateServiceCommand({ service: "api" }));
const look = async () => (await client().send(new DescribeClustersCommand({}))).clusters?.[0]?.clusterName;

test("without a fault it is not there, and notes what passes", async () => {
  expect(await look()).toBe("answer 1");

  expect(proxy.calls).toMatchObject([
    { n: 1, service: "ecs", operation: "DescribeClusters", isRead: true, fault: undefined, passed: true },
  ]);
});

describe("a call that goes wrong", () => {
  test.each<[AwsFault, string, readonly string[]]>([
    ["throttle", "ThrottlingException", []],
    ["error-500", "ServerException", []],
    ["expired-credentials", "ExpiredToken", []],
    ["reset-before", "TimeoutError", []],
    ["time-out-after-effect", "TimeoutError", ["UpdateService"]],
  ])("%s: the client sees %s, the cloud %j", async (fault, name, seen) => {
    proxy.choose = () => fault;

    const error = await update().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );

    expect(error?.name).toBe(name);
    expect(reached).toEqual(seen);
  });

  test("a stale read is answered as it was answered before", async () => {
    expect(await look()).toBe("answer 1");
    expect(await look()).toBe("answer 2");
    proxy.choose = () => "stale-read";

    expect(await look()).toBe("answer 2");
    expect(reached).toHaveLength(2);
  });

  test("a refusal is told in the words that were chosen", async () => {
    proxy.choose = () => ({ code: "InvalidParameterException", message: "not like this" });

    await expect(update()).rejects.toThrow("not like this");
  });
});
