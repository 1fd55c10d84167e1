import { dag } from "@dagger.io/dagger";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { AppConfig } from "../../dagger/src/app-config.ts";
import { canonicalJson, sha256 } from "../../dagger/src/canonical-json.ts";
import { makeRelease, publishImage, releaseId } from "../../dagger/src/release.ts";
import canonicalize from "canonicalize";
import { captureQueries } from "./capture.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const stamp = { version: "1.2.3", commit, branch: "main", author: "github:1" };
const digest = `sha256:${"a".repeat(64)}`;

const MIGRATIONS = [
  { file: "0001.sql", sha256: "1".repeat(64) },
  { file: "0002.sql", sha256: "2".repeat(64), phase: "contract" },
];

const config: AppConfig = {
  app: "diary",
  checks: {},
  components: {
    api: {
      kind: "service",
      path: "services/api",
      port: 8080,
      image: {
        base: "node:24",
        workdir: "/app",
        build: [["npm", "ci"]],
        include: ["src/**"],
        entrypoint: ["node", "src/main.ts"],
        env: { NODE_ENV: "production" },
      },
    },
  },
  database: { migrations: "migrations", seeds: "seeds", image: "postgres:18" },
};

test("a release names the image by digest, what it stands on, and every migration by the hash of its bytes", async () => {
  const queries = captureQueries((query) => {
    if (query.includes("publish")) return `r.example/diary/api:sha-0123456@${digest}`;
    if (query.includes("label (name")) return "host:node@24.21.0";
    if (query.includes("entries")) return ["0002.sql", "old/", ".keep", "0001.sql"];
    if (query.includes("createHash")) return JSON.stringify(MIGRATIONS);
    return "id";
  });

  const file = await makeRelease(
    dag.directory(),
    config,
    stamp,
    { address: "r.example" },
    new Date("2026-01-02T03:04:05.678Z"),
  );
  await file.contents();

  expect(writtenJson(queries.at(-1) ?? "")).toEqual({
    schema: 1,
    app: "diary",
    id: "sha-0123456-20260102-030405",
    version: "1.2.3",
    commit,
    branch: "main",
    author: "github:1",
    createdAt: "2026-01-02T03:04:05Z",
    components: {
      api: { kind: "service", image: `r.example/diary/api@${digest}`, digest, base: "host:node@24.21.0" },
    },
    migrations: MIGRATIONS,
    configSha256: createHash("sha256")
      .update(canonicalize(config) ?? "")
      .digest("hex"),
  });
  expect(queries.find((query) => query.includes("createHash"))).toContain('"--","0001.sql","0002.sql"]');
});

test("an image has only the files that the config includes, is built before it is stamped, and keeps no cache", async () => {
  const queries = captureQueries((query) =>
    query.includes("publish") ? `r.example/diary/api@${digest}` : "id",
  );

  const image = await publishImage(dag.directory(), config, "api", stamp, { address: "r.example" });

  expect(image).toBe(`r.example/diary/api@${digest}`);
  expect(queries).toContainEqual(
    '{ directory { directory (path: "services/api") { filter (include: ["src/**"]) { id } } } }',
  );
  const calls = [...(queries.at(-1) ?? "").matchAll(/(\w+) \(/g)].map(([, name]) => name);
  expect(calls).toEqual([
    "from",
    "withMountedCache",
    "withEnvVariable",
    "withWorkdir",
    "withDirectory",
    "withExec",
    "withoutMount",
    "withoutEnvVariable",
    "withEnvVariable",
    "withEntrypoint",
    "withExposedPort",
    "withLabel",
    "withLabel",
    "publish",
  ]);
});

test("the password for the registry goes in as a secret", async () => {
  const queries = captureQueries((query) =>
    query.includes("publish") ? `r.example/diary/api@${digest}` : "id",
  );

  const password = dag.secret("env://PASSWORD");
  await publishImage(dag.directory(), config, "api", stamp, {
    address: "r.example",
    username: "AWS",
    password,
  });

  expect(queries.at(-1)).toContain('withRegistryAuth (address: "r.example",username: "AWS",secret: "id")');
});

test("a component that is not there is refused with those that are", async () => {
  captureQueries(() => "id");

  await expect(publishImage(dag.directory(), config, "apy", stamp, { address: "r" })).rejects.toThrow(
    'the config has no component named "apy"; it has api',
  );
});

test("an id is made of the commit and the time in UTC", () => {
  expect(releaseId(commit, new Date("2026-12-31T23:59:59.999Z"))).toBe("sha-0123456-20261231-235959");
});

test("the canonical form is RFC 8785's", async () => {
  const value = { b: [1, -0, 1e21, "\u2028€\n"], a: { "\u{1F600}": null, z: true, é: 0.1 }, "": [] };

  expect(canonicalJson(value)).toBe(canonicalize(value));
  expect(await sha256("é")).toBe(createHash("sha256").update("é").digest("hex"));
});

function writtenJson(query: string): unknown {
  const contents = /withNewFile \(path: "release\.json",contents: ("(?:\\.|[^"\\])*")\)/.exec(query)?.[1];
  return JSON.parse(JSON.parse(contents ?? "null") as string);
}
