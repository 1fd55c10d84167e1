import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
} from "@aws-sdk/client-secrets-manager";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { CLOUD_FAULTS, readFaultRules } from "../../../src/cloud/faults/fault-plan.ts";
import { practiceCloud, refusal, type PracticeCloud } from "../practice-cloud.ts";

let practice: PracticeCloud;
let made = 0;
beforeAll(async () => {
  practice = await practiceCloud();
  await practice.clients.s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
});
beforeEach(() => practice.cloud.faults.replace([]));
afterAll(() => practice.close());

const whoAmI = () => practice.clients.sts.send(new GetCallerIdentityCommand({}));
const put = (Key: string) =>
  practice.clients.s3.send(new PutObjectCommand({ Bucket: "bucket", Key, Body: "text" }));
const get = async (Key: string) => {
  const answer = await practice.clients.s3.send(new GetObjectCommand({ Bucket: "bucket", Key }));
  return answer.Body?.transformToString();
};
const create = (Name: string) =>
  practice.clients.secrets.send(new CreateSecretCommand({ Name, SecretString: "x" }));
const names = async () => {
  const { SecretList = [] } = await practice.clients.secrets.send(new ListSecretsCommand({}));
  return SecretList.map(({ Name }) => Name);
};

test("a rule strikes the call it counts to, once, and no other one", async () => {
  practice.cloud.faults.replace([
    { service: "sts", operation: "GetCallerIdentity", nth: 2, fault: "throttle" },
    { service: "s3", operation: "*", nth: 1, fault: "error" },
  ]);
  await whoAmI();
  expect((await refusal(whoAmI())).name).toBe("Throttling");
  await whoAmI();
  expect((await refusal(put("k"))).name).toBe("InternalError");
  await put("k");
  expect(practice.cloud.faults.state().map(({ service, seen }) => [service, seen])).toEqual([
    ["sts", 3],
    ["s3", 2],
  ]);
});

test.each([
  ["throttle", "SlowDown", "ThrottlingException", "Throttling"],
  ["error", "InternalError", "ServerException", "InternalFailure"],
  ["expired-credentials", "ExpiredToken", "ExpiredTokenException", "ExpiredToken"],
] as const)("%s has each protocol's own name, and nothing happens", async (fault, rest, json, query) => {
  const name = `n${made++}`;
  const strike = () => practice.cloud.faults.replace([{ service: "*", operation: "*", nth: 1, fault }]);
  strike();
  expect((await refusal(put(name))).name).toBe(rest);
  strike();
  expect((await refusal(create(name))).name).toBe(json);
  strike();
  expect((await refusal(whoAmI())).name).toBe(query);
  practice.cloud.faults.replace([]);
  expect((await refusal(get(name))).name).toBe("NoSuchKey");
  expect(await names()).not.toContain(name);
});

test("a cut connection says nothing of whether it happened", async () => {
  for (const [fault, happened] of [
    ["reset-before", false],
    ["reset-after", true],
  ] as const) {
    const name = `n${made++}`;
    practice.cloud.faults.replace([
      { service: "s3", operation: "PutObject", nth: 1, fault },
      { service: "secretsmanager", operation: "CreateSecret", nth: 1, fault },
    ]);
    for (const call of [() => put(name), () => create(name)])
      expect((await refusal(call())).message).toMatch(/socket hang up|ECONNRESET/);
    expect((await names()).includes(name)).toBe(happened);
    expect(await get(name).catch(() => undefined)).toBe(happened ? "text" : undefined);
  }
});

test("no answer comes after a time-out, and it happened", async () => {
  const name = `n${made++}`;
  practice.cloud.faults.replace([
    { service: "secretsmanager", operation: "CreateSecret", nth: 1, fault: "time-out-after" },
  ]);
  const stop = new AbortController();
  const call = practice.clients.secrets.send(new CreateSecretCommand({ Name: name, SecretString: "x" }), {
    abortSignal: stop.signal,
  });
  await expect.poll(names).toContain(name);
  stop.abort();
  expect((await refusal(call)).name).toBe("AbortError");
});

test("a stale read answers what the same question had as its answer before", async () => {
  const [before, name] = [`n${made++}`, `n${made++}`];
  await create(before);
  practice.cloud.faults.replace([
    { service: "secretsmanager", operation: "ListSecrets", nth: 2, fault: "stale-read" },
  ]);
  const first = await names();
  await create(name);
  expect(await names()).toEqual(first);
  expect(await names()).toEqual([...first, name].toSorted((a = "", b = "") => a.localeCompare(b)));
  const describeSecret = new DescribeSecretCommand({ SecretId: name });
  expect((await practice.clients.secrets.send(describeSecret)).Name).toBe(name);
  expect(practice.faults).toEqual([]);
});

test("rules over the wire are read whole or refused", () => {
  const rule = { service: "ecs", operation: "UpdateService", nth: 1, fault: "throttle" } as const;
  expect(readFaultRules({ rules: [rule] })).toEqual([rule]);
  expect(CLOUD_FAULTS.map((fault) => readFaultRules({ rules: [{ ...rule, fault }] })[0]?.fault)).toEqual([
    ...CLOUD_FAULTS,
  ]);
  for (const [wish, at] of [
    [undefined, "rules"],
    [{ rules: "all" }, "rules"],
    [{ rules: [null] }, "rules/0"],
    [{ rules: [rule, { ...rule, fault: "earthquake" }] }, "rules/1/fault"],
    [{ rules: [{ ...rule, nth: 0 }] }, "rules/0/nth"],
    [{ rules: [{ ...rule, service: 1 }] }, "rules/0/service"],
    [{ rules: [{ ...rule, operation: undefined }] }, "rules/0/operation"],
  ] as const)
    expect(() => readFaultRules(wish)).toThrow(new RegExp(`^${at}: cannot be`));
});
