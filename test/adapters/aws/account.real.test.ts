import { CreateRepositoryCommand, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CloudAccess } from "../../../src/adapters/aws/client-settings.ts";
import { ecrRegistry } from "../../../src/adapters/aws/ecr-registry.ts";
import { secretsManager } from "../../../src/adapters/aws/secrets-manager.ts";
import { stsIdentity } from "../../../src/adapters/aws/sts-identity.ts";
import { practiceCloud, type PracticeCloud } from "../../cloud/practice-cloud.ts";

let practice: PracticeCloud;
let access: CloudAccess;
beforeEach(async () => {
  practice = await practiceCloud();
  access = {
    region: "us-east-1",
    endpoint: practice.cloud.endpoint,
    credentials: { accessKeyId: "slipway", secretAccessKey: "slipway" },
  };
});
afterEach(() => practice.close());

describe("identity", () => {
  test("is what the platform says of the credentials", async () => {
    expect(await stsIdentity(access, undefined).whoAmI()).toEqual({
      account: "000000000000",
      region: "us-east-1",
      actor: expect.stringContaining("slipway"),
      platformTime: expect.any(Number),
    });
  });

  test("tells the platform's own time, to the second", async () => {
    const before = Date.now();
    const { platformTime } = await stsIdentity(access, undefined).whoAmI();

    expect(platformTime).toBeGreaterThanOrEqual(before - 1000);
    expect(platformTime).toBeLessThanOrEqual(Date.now());
  });

  test("tells the region that the surroundings ask for", async () => {
    expect(await stsIdentity(access, "eu-west-1").whoAmI()).toMatchObject({ region: "eu-west-1" });
  });

  test("of a cloud that does not answer is a fault that says so", async () => {
    const port = await freePort();

    await expect(
      stsIdentity({ ...access, endpoint: `http://127.0.0.1:${port}` }, undefined).whoAmI(),
    ).rejects.toMatchObject({
      exit: "verifyFailed",
      problems: [{ code: "AWS_UNREACHABLE", at: "aws/sts/GetCallerIdentity" }],
    });
  });
});

describe("secrets", () => {
  test("are located without their value, and read as something that does not print", async () => {
    const secrets = secretsManager(access);
    await practice.clients.secrets.send(
      new CreateSecretCommand({ Name: "diary/local/url", SecretString: "s3cret" }),
    );

    expect(await secrets.locate("diary/local/url")).toMatch(
      /^arn:aws:secretsmanager:us-east-1:000000000000:secret:/,
    );
    const secret = await secrets.read("diary/local/url");
    expect(String(secret) + JSON.stringify(secret)).not.toContain("s3cret");
    expect(secret.reveal()).toBe("s3cret");
  });

  test("that do not exist are located nowhere, and cannot be read", async () => {
    const secrets = secretsManager(access);

    expect(await secrets.locate("nothing")).toBeUndefined();
    await expect(secrets.read("nothing")).rejects.toMatchObject({
      problems: [{ code: "SECRET_MISSING", at: "nothing" }],
    });
  });
});

describe("the registry", () => {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [],
  });
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;

  test("has an image that was pushed, under the digest of its bytes", async () => {
    await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "diary/api" }));
    const { authorizationData } = await practice.clients.ecr.send(new GetAuthorizationTokenCommand({}));
    const pushed = await fetch(`http://${practice.cloud.registry}/v2/diary/api/manifests/${digest}`, {
      method: "PUT",
      headers: {
        "content-type": "application/vnd.oci.image.index.v1+json",
        authorization: `Basic ${authorizationData?.[0]?.authorizationToken}`,
      },
      body: manifest,
    });
    expect(pushed.status).toBe(201);

    expect(await ecrRegistry(access).find(`${practice.cloud.registry}/diary/api@${digest}`)).toEqual({
      digest,
      mediaType: "application/vnd.oci.image.index.v1+json",
    });
  });

  test("has no image that was not, nor a repository that does not exist", async () => {
    await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "diary/api" }));

    expect(await ecrRegistry(access).find(`${practice.cloud.registry}/diary/api@${digest}`)).toBeUndefined();
    expect(await ecrRegistry(access).find(`${practice.cloud.registry}/other@${digest}`)).toBeUndefined();
  });

  test.each(["registry.example.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com"])(
    "is not asked for an image of another one: %s",
    async (host) => {
      await expect(ecrRegistry(access).find(`${host}/diary/api@${digest}`)).rejects.toMatchObject({
        exit: "verifyFailed",
        problems: [{ code: "IMAGE_ELSEWHERE", says: expect.stringContaining(practice.cloud.registry) }],
      });
    },
  );

  test("is not asked for an image by tag", async () => {
    await expect(
      ecrRegistry(access).find(`${practice.cloud.registry}/diary/api:latest`),
    ).rejects.toMatchObject({
      problems: [{ code: "IMAGE_NOT_BY_DIGEST" }],
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
