import { describe, expect, test } from "vitest";
import { readConfig } from "../../../src/core/config/read-config.ts";
import type { WrittenConfig } from "../../../src/core/config/schema.ts";
import { sentence } from "../../../src/core/errors.ts";
import { aWrittenConfig } from "../../builders/a-config.ts";

const api = (changes: object) => ({
  components: { api: { ...aWrittenConfig().components?.["api"], ...changes } },
});
const local = (changes: object) => ({ environments: { local: { cloud: "local", ...changes } } });

/** One fault at a time: what is written differently, and the file that holds the sentences. */
const FAULTS: Readonly<Record<string, object>> = {
  "port-is-text": api({ port: "80x" }),
  "port-too-large": api({ port: 65_536 }),
  "port-missing": api({ port: undefined }),
  "key-mistyped": api({ prot: 8080 }),
  "key-unknown": api({ colour: "blue" }),
  "key-unknown-at-the-top": { enviroments: {} },
  "app-missing": { app: undefined },
  "app-with-capitals": { app: "Diary" },
  "component-name-with-a-space": { components: { "my api": aWrittenConfig().components?.["api"] } },
  "component-kind-unknown": api({ kind: "servce" }),
  "entrypoint-is-a-shell-line": api({ image: { base: "node:24", entrypoint: "node src/main.ts" } }),
  "variable-with-a-dash": api({ env: { "LOG-LEVEL": "debug" } }),
  "variable-given-twice": api({ env: { A: "1" }, secrets: { A: "a/{env}/a" } }),
  "variable-of-slipway": api({ env: { PORT: "1", SLIPWAY_RELEASE: "2" } }),
  "secret-with-another-placeholder": api({ secrets: { A: "a/{environment}/a" } }),
  "path-out-of-the-app": api({ path: "../other" }),
  "path-absolute": api({ path: "/srv/api" }),
  "checks-run-is-a-shell-line": { checks: { unit: { image: "node:24", run: "npm test" } } },
  "checks-setup-without-files": {
    checks: { unit: { image: "node:24", run: ["npm", "test"], setup: { run: ["npm", "ci"] } } },
  },
  "checks-setup-out-of-the-app": {
    checks: { unit: { image: "node:24", run: ["x"], setup: { files: ["../x"], run: ["npm", "ci"] } } },
  },
  "checks-postgres-is-a-number": { checks: { unit: { image: "node:24", run: ["x"], postgres: 18 } } },
  "environments-missing": { environments: undefined },
  "environment-cloud-unknown": { environments: { local: { cloud: "locl" } } },
  "environment-url-with-a-path": local({ url: "https://example.com/app" }),
  "environment-local-with-an-account": local({ account: "123456789012" }),
  "environment-aws-without-a-place": {
    environments: { production: { cloud: "aws", approvals: false } },
    ledger: { anchors: [{ kind: "s3", bucket: "checkpoints" }] },
  },
  "smoke-of-an-unknown-component": local({ smoke: [{ path: "/", component: "web" }] }),
  "smoke-path-without-a-slash": local({ smoke: [{ path: "healthz" }] }),
  "names-too-long-together": { app: "a-rather-long-application-name", ...local({}) },
  "nothing-to-do": { components: {}, checks: {}, ...local({ smoke: [] }) },
  "several-at-once": {
    app: "Diary",
    components: { api: { kind: "service", port: 0, image: { base: "node:24", entrypoint: [] }, prot: 1 } },
    environments: { local: { cloud: "locl", deployTimeoutSeconds: 1.5 } },
  },
};

describe("a config with faults is refused with sentences that name the place, the fault and the way out", () => {
  test.each(Object.entries(FAULTS))("%s", async (name, changes) => {
    const result = readConfig({ ...aWrittenConfig(), ...changes });

    const said = result.kind === "refused" ? result.problems.map(sentence).join("\n") : "not refused";
    await expect(`${said}\n`).toMatchFileSnapshot(`../../golden/config/${name}.txt`);
    expect(result.kind).toBe("refused");
  });

  test.each([
    ["nothing", undefined],
    ["a text", "app: diary"],
    ["a list", []],
  ])("%s is no config", (_what, input) => {
    expect(readConfig(input)).toMatchObject({ kind: "refused" });
  });
});

describe("a config without faults is answered complete", () => {
  test("with every default filled in", () => {
    expect(
      readConfig({
        ...aWrittenConfig(),
        ...local({}),
        checks: { unit: { image: "node:24", run: ["npm", "test"] } },
      }),
    ).toEqual({
      kind: "config",
      config: {
        app: "diary",
        components: {
          api: {
            kind: "service",
            path: "api",
            image: {
              base: "node:24",
              workdir: "/app",
              build: [],
              include: [],
              entrypoint: ["node", "src/main.ts"],
              env: {},
            },
            port: 8080,
            healthPath: "/healthz",
            desiredCount: 1,
            cpu: 256,
            memory: 512,
            env: {},
            secrets: { DATABASE_URL: "diary/{env}/database-url" },
          },
        },
        database: {
          migrations: "migrations",
          seeds: "seeds",
          urlSecret: "diary/{env}/migrate-url",
          image: "postgres:18",
        },
        checks: {
          unit: {
            image: "node:24",
            run: [["npm", "test"]],
            setup: undefined,
            workdir: ".",
            env: {},
            postgres: undefined,
            timeoutSeconds: 600,
          },
        },
        environments: {
          local: {
            name: "local",
            cloud: "local",
            region: "us-east-1",
            account: undefined,
            tasks: undefined,
            cluster: "diary-local",
            url: undefined,
            smoke: [
              {
                name: "api is healthy",
                component: "api",
                method: "GET",
                path: "/healthz",
                headers: {},
                body: undefined,
                expectStatus: 200,
                expectJson: {},
              },
            ],
            deployTimeoutSeconds: 600,
            smokeTimeoutSeconds: 20,
            seeds: undefined,
            policy: {
              windows: undefined,
              rateLimit: undefined,
              promotion: undefined,
              approvals: undefined,
              rollbackLimitSeconds: 300,
              watchSeconds: 0,
              migrations: { rehearsed: false, drift: "note", waivers: "noted" },
              backup: { kind: "none" },
            },
          },
        },
        people: {},
        roles: {},
        ledger: { origin: "slipway/diary", anchors: [], retentionYears: 7 },
      },
    });
  });

  test.each<[string, WrittenConfig["checks"], object]>([
    ["one command", { unit: { image: "node:24", run: ["a", "b"] } }, { run: [["a", "b"]] }],
    ["several", { unit: { image: "node:24", run: [["a"], ["b"]] } }, { run: [["a"], ["b"]] }],
    [
      "postgres: true",
      { unit: { image: "node:24", run: ["a"], postgres: true } },
      { postgres: "postgres:18" },
    ],
    ["postgres: false", { unit: { image: "node:24", run: ["a"], postgres: false } }, { postgres: undefined }],
    [
      "a setup",
      { unit: { image: "node:24", run: ["a"], setup: { files: ["package.json"], run: ["npm", "ci"] } } },
      { setup: { files: ["package.json"], run: [["npm", "ci"]] } },
    ],
  ])("shorthand of a check: %s", (_what, checks, expected) => {
    expect(readConfig(aWrittenConfig({ checks }))).toMatchObject({ config: { checks: { unit: expected } } });
  });

  test("on AWS, with its account and the place of its tasks", () => {
    const tasks = {
      executionRole: "arn:aws:iam::123456789012:role/diary-execution",
      subnets: ["subnet-1"],
      securityGroups: ["sg-1"],
    };
    const result = readConfig({
      ...aWrittenConfig(),
      environments: {
        production: {
          cloud: "aws",
          region: "eu-central-1",
          account: "123456789012",
          tasks,
          approvals: { roles: { owner: 1 } },
        },
      },
      people: { "person-a": { name: "Person A", identities: ["github:1"] } },
      roles: { owner: ["person-a"] },
      ledger: { anchors: [{ kind: "s3", bucket: "checkpoints" }] },
    });

    expect(result).toMatchObject({
      kind: "config",
      config: {
        environments: { production: { tasks: { ...tasks, taskRole: undefined, publicAddress: false } } },
      },
    });
  });
});
