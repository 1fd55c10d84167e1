import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCloud } from "../../../src/cloud/start.ts";
import { ChildRunner } from "../ecs/child-runner.ts";
import { clientsFor, practiceCloud, refusal, type PracticeCloud } from "../practice-cloud.ts";

let practice: PracticeCloud;
beforeAll(async () => void (practice = await practiceCloud()));
afterAll(() => practice.close());

test("a new value is current, the one before it previous", async () => {
  const { secrets } = practice.clients;
  const first = await secrets.send(new CreateSecretCommand({ Name: "app/key", SecretString: "one" }));
  expect(first.ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/key-[A-Za-z0-9]{6}$/);
  const second = await secrets.send(new PutSecretValueCommand({ SecretId: "app/key", SecretString: "two" }));

  const current = await secrets.send(new GetSecretValueCommand({ SecretId: "app/key" }));
  expect([current.SecretString, current.VersionId, current.VersionStages]).toEqual([
    "two",
    second.VersionId,
    ["AWSCURRENT"],
  ]);
  const previous = await secrets.send(
    new GetSecretValueCommand({ SecretId: first.ARN, VersionStage: "AWSPREVIOUS" }),
  );
  expect([previous.SecretString, previous.VersionId]).toEqual(["one", first.VersionId]);
  const described = await secrets.send(new DescribeSecretCommand({ SecretId: "app/key" }));
  expect(described.VersionIdsToStages).toEqual({
    [first.VersionId ?? ""]: ["AWSPREVIOUS"],
    [second.VersionId ?? ""]: ["AWSCURRENT"],
  });
});

test("the same token with the same value is the same version; with another value it is refused", async () => {
  const { secrets } = practice.clients;
  const token = "11111111-2222-3333-4444-555555555555";
  await secrets.send(
    new CreateSecretCommand({ Name: "token", SecretString: "a", ClientRequestToken: token }),
  );
  const again = await secrets.send(
    new PutSecretValueCommand({ SecretId: "token", SecretString: "a", ClientRequestToken: token }),
  );
  expect(again.VersionId).toBe(token);
  const other = secrets.send(
    new PutSecretValueCommand({ SecretId: "token", SecretString: "b", ClientRequestToken: token }),
  );
  expect((await refusal(other)).name).toBe("ResourceExistsException");
});

test("binary values come back as they went", async () => {
  const { secrets } = practice.clients;
  const bytes = new Uint8Array([0, 255, 7]);
  await secrets.send(new CreateSecretCommand({ Name: "binary", SecretBinary: bytes }));
  const got = await secrets.send(new GetSecretValueCommand({ SecretId: "binary" }));
  expect([...(got.SecretBinary ?? [])]).toEqual([0, 255, 7]);
});

test("errors have AWS's names", async () => {
  const { secrets } = practice.clients;
  expect(await refusal(secrets.send(new GetSecretValueCommand({ SecretId: "nowhere" })))).toEqual({
    name: "ResourceNotFoundException",
    message: "Secrets Manager can't find the specified secret.",
  });
  await secrets.send(new CreateSecretCommand({ Name: "twice", SecretString: "x" }));
  const twice = secrets.send(new CreateSecretCommand({ Name: "twice", SecretString: "x" }));
  expect((await refusal(twice)).name).toBe("ResourceExistsException");
  await secrets.send(new CreateSecretCommand({ Name: "empty" }));
  expect((await refusal(secrets.send(new GetSecretValueCommand({ SecretId: "empty" })))).message).toBe(
    "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
  );
});

test("a deleted secret is not readable until it is restored", async () => {
  const { secrets } = practice.clients;
  await secrets.send(new CreateSecretCommand({ Name: "going", SecretString: "x" }));
  await secrets.send(new DeleteSecretCommand({ SecretId: "going" }));
  expect((await refusal(secrets.send(new GetSecretValueCommand({ SecretId: "going" })))).name).toBe(
    "InvalidRequestException",
  );
  const listed = await secrets.send(
    new ListSecretsCommand({ Filters: [{ Key: "name", Values: ["going"] }] }),
  );
  expect(listed.SecretList).toEqual([]);
  await secrets.send(new RestoreSecretCommand({ SecretId: "going" }));
  expect((await secrets.send(new GetSecretValueCommand({ SecretId: "going" }))).SecretString).toBe("x");
  await secrets.send(new DeleteSecretCommand({ SecretId: "going", ForceDeleteWithoutRecovery: true }));
  expect((await refusal(secrets.send(new DescribeSecretCommand({ SecretId: "going" })))).name).toBe(
    "ResourceNotFoundException",
  );
});

test("secrets outlive the cloud's process, in a file that only its owner may read", async () => {
  await practice.clients.secrets.send(new CreateSecretCommand({ Name: "kept", SecretString: "still here" }));
  const file = join(practice.folder, "secretsmanager", "secrets.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toContain("still here");
  const second = await startCloud({ folder: practice.folder, runner: new ChildRunner({}) });
  try {
    const got = await clientsFor(second.endpoint).secrets.send(
      new GetSecretValueCommand({ SecretId: "kept" }),
    );
    expect(got.SecretString).toBe("still here");
  } finally {
    await second.close();
  }
});
