import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostname } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tarArchive } from "../../src/adapters/local/tar-archive.ts";
import type { PlanReport } from "../../src/core/plan/types.ts";
import type { Release } from "../../src/core/release/types.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { COMMIT } from "../builders/a-release.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway } from "./slipway.ts";

// What 21 CFR Part 11 asks of records and signatures, read back from a deployment as a user makes one.

const database = useDatabase();
const CI = {
  GITHUB_SERVER_URL: "https://github.example.com",
  GITHUB_REPOSITORY: "clinic/diary",
  GITHUB_RUN_ID: "77",
  GITHUB_ACTOR_ID: "583231",
};
const UTC = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as string;
const SHA256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
const SECONDS = expect.any(Number) as number;

let app: DeliveredApp;
let identity = "";
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  identity = (await run("keys", "create", "--person=person-a")).stdout.trim();
  const written = aWrittenConfig();
  app.configure({
    ...written,
    environments: {
      local: {
        ...written.environments["local"],
        cloud: "local",
        smokeTimeoutSeconds: 2,
        deployTimeoutSeconds: 60,
        approvals: { roles: { "qa-lead": 1 } },
      },
    },
    people: { "person-a": { name: "Person A", identities: [identity] } },
    roles: { "qa-lead": ["person-a"] },
  });
});
afterEach(() => app.close());

const run = (...words: readonly string[]) =>
  slipway([...words, `--project=${app.folder}`], { ...app.env, ...CI });

interface Shown {
  readonly at: string;
  readonly actor: string;
  readonly environment: string;
  readonly step: string | null;
  readonly phase: string;
  readonly outcome: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Plans release `n`, approves the plan and deploys it; answers what was planned and the deployment's id. */
async function approvedDeployment(n: number) {
  const release = JSON.parse(readFileSync(await app.publish(n), "utf8")) as Release;
  const manifest = app.manifest({ ...release, branch: "main", author: "git:person-c@example.com" });
  const file = join(app.folder, `plan-${n}.json`);
  const planned = await run("plan", "--env=local", `--release=${manifest}`, `--out=${file}`, "--json");
  const signing = ["--role=qa-lead", "--meaning=approved", "--reason=tested by hand", "--person=person-a"];
  expect((await run("approve", `--plan=${file}`, ...signing)).code).toBe(0);
  const deployed = await run("deploy", "--env=local", `--plan=${file}`, "--json");
  expect(deployed).toMatchObject({ code: 0 });
  const { deploymentId } = JSON.parse(deployed.stdout) as { deploymentId: string };
  return { release, file, deploymentId, plan: (JSON.parse(planned.stdout) as PlanReport).plan };
}

async function records(deployment: string): Promise<readonly Shown[]> {
  const { stdout } = await run("audit", "show", `--deployment=${deployment}`, "--json");
  return (JSON.parse(stdout) as { records: readonly Shown[] }).records;
}

test("the ledger of a deployment holds who, from where, when, what, who signed, how it went and how long it took", async () => {
  const { release, plan, deploymentId } = await approvedDeployment(1);

  const all = await records(deploymentId);

  expect(new Set(all.map(({ actor, environment }) => `${actor} ${environment}`))).toEqual(
    new Set(["arn:aws:iam::000000000000:user/slipway local"]),
  );
  expect(all.map(({ at }) => at)).toEqual(all.map(() => UTC));
  expect(all.map(({ at }) => at).toSorted()).toEqual(all.map(({ at }) => at));
  const data = (step: string | null, phase: string) =>
    all.find((record) => record.step === step && record.phase === phase)?.data;
  expect(data(null, "intent")).toEqual({
    purpose: "deploy",
    release: release.id,
    version: "1.0.0",
    commit: COMMIT,
    branch: "main",
    author: "git:person-c@example.com",
    account: "000000000000",
    region: "us-east-1",
    host: hostname(),
    runLink: "https://github.example.com/clinic/diary/actions/runs/77",
    ciActor: "github:583231",
    tool: expect.any(String) as string,
    configSha256: release.configSha256,
    policySha256: SHA256,
    releaseSha256: SHA256,
    planSha256: plan.fingerprint,
    pending: [release.migrations[1]],
    wayBack: null,
    worstRollbackSeconds: null,
    approvals: [
      expect.objectContaining({
        person: "person-a",
        printedName: "Person A",
        role: "qa-lead",
        meaning: "approved",
        reason: "tested by hand",
        revoked: false,
        identity: expect.objectContaining({ issuer: "local", subject: identity, method: "ed25519" }),
        subject: { app: "diary", env: "local", planSha256: plan.fingerprint, releaseSha256: SHA256 },
      }),
    ],
    brokenGlass: null,
    previous: null,
    services: {},
    drifted: [],
  });
  expect(data("migrate", "outcome")).toEqual({
    direction: "up",
    seconds: SECONDS,
    backup: null,
    versionBefore: null,
    version: "0001_entries",
    ran: [
      {
        file: "0001_entries.up.sql",
        seconds: SECONDS,
        attempts: 1,
        upSha256: SHA256,
        downSha256: SHA256,
        renderedSha256: SHA256,
        schemaBefore: SHA256,
        schemaAfter: SHA256,
      },
    ],
    schemaBefore: SHA256,
    schema: SHA256,
    failed: null,
    stayed: [],
    left: [],
  });
  const migrated = data("migrate", "outcome");
  expect(migrated?.["schema"]).not.toBe(migrated?.["schemaBefore"]);
  expect(data("wait", "outcome")).toEqual({
    health: [
      {
        component: "api",
        revision: expect.stringContaining("task-definition/diary-local-api:1") as string,
        desired: 1,
        running: 1,
        failed: 0,
        milliseconds: SECONDS,
      },
    ],
  });
  const passed = { component: "api", passed: true, faults: [], milliseconds: SECONDS, asked: SECONDS };
  expect(data("smoke", "outcome")).toMatchObject({
    smoke: [
      { name: "GET /healthz", request: "GET /healthz", ...passed },
      { name: "GET /version", request: "GET /version", ...passed },
    ],
  });
  expect(all.at(-1)).toMatchObject({ step: null, phase: "outcome", outcome: "deployed" });
  expect(all.at(-1)?.data).toEqual({
    problems: [],
    warnings: [],
    running: release.id,
    startedAt: all[0]?.at,
    seconds: SECONDS,
    steps: ["parse", "identity", "lease", "gates", "verify", "migrate", "stage", "shift", "wait", "smoke"]
      .concat("commit")
      .map((step) => ({ step, seconds: SECONDS, outcome: "done" })),
  });
});

test("each page of the evidence shows a signature's printed name, time and meaning, and both verify", async () => {
  const { deploymentId } = await approvedDeployment(1);
  const file = join(app.folder, "evidence.tar");
  expect((await run("evidence", `--deployment=${deploymentId}`, `--out=${file}`)).code).toBe(0);

  const files = await tarArchive.unpack(readFileSync(file));

  const text = (name: string) => new TextDecoder().decode(files.get(name));
  const signatures = JSON.parse(text("approvals.json")) as { at: string }[];
  const at = signatures[0]?.at ?? "";
  expect(signatures).toEqual([
    {
      approvalId: expect.stringMatching(/^a-/) as string,
      printedName: "Person A",
      at: UTC,
      meaning: "approved",
      role: "qa-lead",
      reason: "tested by hand",
      subject: identity,
    },
  ]);
  const page = text("deployment.html");
  expect(page).toContain(`<th>signatures</th><td>approved by Person A at ${at}</td>`);
  expect(page).toContain(`approved by Person A (qa-lead, ${identity}) at ${at}: tested by hand`);
  expect((await run("audit", "verify", `--evidence=${file}`)).code).toBe(0);
});

test("a signature lets the deployment go that it was given for, once, and no other", async () => {
  const first = await approvedDeployment(1);
  const manifest = await app.publish(2);

  const other = await run("deploy", "--env=local", `--release=${manifest}`);
  expect(other.code).toBe(10);
  expect(other.stderr).toContain("qa-lead: 0 of 1 approval");

  await approvedDeployment(2);
  expect((await run("deploy", "--env=local", `--plan=${first.file}`)).code).toBe(11);
  const again = await run("deploy", "--env=local", `--release=${join(app.folder, "release-1.0.0.json")}`);
  expect(again.code).toBe(10);
  expect(again.stderr).toContain("qa-lead: 0 of 1 approval");
});
