import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  GetAuthorizationTokenCommand,
} from "@aws-sdk/client-ecr";
import canonicalize from "canonicalize";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readRelease } from "../../../src/core/release/schema.ts";
import { practiceCloud, type PracticeCloud } from "../../cloud/practice-cloud.ts";
import { anApp } from "./an-app.ts";

const commit = "0123456789".repeat(4);
const migrations = {
  "migrations/0002.down.sql": "",
  "migrations/0001.up.sql": "select 'é';\n",
  "migrations/.keep": "",
};
const app = anApp({}, migrations);
let practice: PracticeCloud;

beforeAll(async () => {
  practice = await practiceCloud();
  await practice.clients.ecr.send(new CreateRepositoryCommand({ repositoryName: "demo/api" }));
});
afterAll(async () => {
  await practice.close();
  app.remove();
});

const call = (...words: string[]) =>
  app.call(["--engine=embedded", ...words], { REGISTRY_PASSWORD: password });
let password = "";

async function login(): Promise<string[]> {
  const { authorizationData } = await practice.clients.ecr.send(new GetAuthorizationTokenCommand({}));
  const [username = "", secret = ""] = atob(authorizationData?.[0]?.authorizationToken ?? "").split(":");
  password = secret;
  return [
    `--registry=${practice.cloud.registry}`,
    `--username=${username}`,
    "--password=env:REGISTRY_PASSWORD",
  ];
}

test("a release is built, pushed and written; the same files make the same image again", async () => {
  const registry = await login();
  const first = await call("release", ...registry, `--commit=${commit}`, "export", "--path=release.json");
  const second = await call("publish", "--component=api", ...registry, `--commit=${commit}`);

  expect(first).toMatchObject({ exitCode: 0 });
  const release = JSON.parse(readFileSync(join(app.folder, "release.json"), "utf8")) as {
    components: { api: { image: string; digest: string } };
  };
  const { image, digest } = release.components.api;
  expect(release).toEqual({
    schema: 1,
    app: "demo",
    id: expect.stringMatching(/^sha-0123456-\d{8}-\d{6}$/) as string,
    version: "1.2.3",
    commit,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    components: {
      api: {
        kind: "service",
        image: `${practice.cloud.registry}/demo/api@${digest}`,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
        base: expect.stringMatching(/^host:node@24\./) as string,
      },
    },
    migrations: ["0001.up.sql", "0002.down.sql"].map((file) => ({
      file,
      sha256: sha256(read(`migrations/${file}`)),
    })),
    configSha256: sha256(canonicalize(await config()) ?? ""),
  });
  expect(readRelease(release).kind).toBe("release");
  expect(second.stdout).toBe(`${image}\n`);
  const { images } = await practice.clients.ecr.send(
    new BatchGetImageCommand({ repositoryName: "demo/api", imageIds: [{ imageDigest: digest }] }),
  );
  expect(images).toHaveLength(1);
});

test("the registry's password is in nothing that is printed", async () => {
  await login();
  const run = await call(
    "publish",
    "--component=api",
    "--registry=127.0.0.1:1",
    "--username=AWS",
    "--password=env:REGISTRY_PASSWORD",
    `--commit=${commit}`,
  );

  expect(run.exitCode).toBe(11);
  expect(run.stderr).toContain("127.0.0.1:1");
  expect(run.stdout + run.stderr).not.toContain(password);
});

async function config(): Promise<unknown> {
  const { readConfig } = await import("../../../src/core/config/read-config.ts");
  const result = readConfig(JSON.parse(String(read("slipway.config.json"))));
  return result.kind === "config" ? JSON.parse(JSON.stringify(result.config)) : result;
}

function read(file: string): Buffer {
  return readFileSync(join(app.folder, file));
}

function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
