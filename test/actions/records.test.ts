import { expect, test } from "vitest";
import { aConfigWith } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { builtWith, runDeploy } from "./run.ts";

const SHA256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

test("the records of a deployment say who, from where, what, what came of it, and how long each part took", async () => {
  const config = aConfigWith({ watchSeconds: 5 });
  const world = new World();
  world.origin = {
    host: "runner-7",
    link: "https://ci.example/runs/7",
    actor: "github:583231",
    tool: "1.2.3",
  };
  await runDeploy(world, world.publish(aRelease(1)), { config });
  const service = world.platform.services.get("diary-local-api");
  Object.assign(service ?? {}, { revision: "by-hand:7" });
  const release = aRelease(2, {
    branch: "main",
    author: "git:person-a@example.com",
    migrations: [...aRelease(1).migrations, { file: "0002_notes.up.sql", sha256: "b".repeat(64) }],
  });

  const { deploymentId } = await runDeploy(world, world.publish(release), { config });

  const records = await world.ledger.records(deploymentId ?? "");
  const data = (step: string | undefined, phase: "intent" | "outcome") =>
    records.find((record) => record.step === step && record.phase === phase)?.data;
  expect(records[0]?.actor).toBe("arn:aws:iam::000000000000:user/slipway");
  expect(data(undefined, "intent")).toEqual({
    purpose: "deploy",
    release: release.id,
    version: "2.0.0",
    commit: release.commit,
    branch: "main",
    author: "git:person-a@example.com",
    account: "000000000000",
    region: "us-east-1",
    host: "runner-7",
    runLink: "https://ci.example/runs/7",
    ciActor: "github:583231",
    tool: "1.2.3",
    configSha256: builtWith(config, release).configSha256,
    policySha256: SHA256,
    releaseSha256: SHA256,
    planSha256: SHA256,
    pending: [release.migrations[1]],
    wayBack: aRelease(1).id,
    worstRollbackSeconds: 180,
    approvals: [],
    brokenGlass: null,
    previous: aRelease(1).id,
    services: expect.objectContaining({ api: expect.objectContaining({ revision: "by-hand:7" }) }),
    drifted: ["api"],
  });
  expect(data("gates", "outcome")).toEqual({
    now: expect.any(Number),
    gates: ["hold", "window", "rate-limit", "promotion", "approvals"].map((gate) => ({
      gate,
      reasons: [],
      rule: expect.any(String),
    })),
  });
  expect(data("migrate", "intent")).toMatchObject({ mutates: true });
  expect(data("migrate", "outcome")).toEqual({
    direction: "up",
    ran: [
      {
        file: "0002_notes.up.sql",
        seconds: 0.1,
        attempts: 1,
        upSha256: "b".repeat(64),
        downSha256: SHA256,
        renderedSha256: SHA256,
        schemaBefore: null,
        schemaAfter: "schema after 0002_notes.up.sql",
      },
    ],
    failed: null,
    stayed: [],
    left: [],
    versionBefore: "0001_entries",
    version: "0002_notes",
    schemaBefore: "schema after 0001_entries.up.sql",
    schema: "schema after 0001_entries.up.sql, 0002_notes.up.sql",
    backup: null,
    seconds: expect.any(Number),
  });
  expect(data("wait", "outcome")).toEqual({
    health: [
      {
        component: "api",
        revision: "diary-local-api:2",
        desired: 1,
        running: 1,
        failed: 0,
        milliseconds: expect.any(Number),
      },
    ],
  });
  const passed = { component: "api", passed: true, milliseconds: 0, asked: 1, faults: [] };
  const smoke = [
    { name: "GET /healthz", request: "GET /healthz", ...passed },
    { name: "GET /version", request: "GET /version", ...passed },
  ];
  expect(data("smoke", "outcome")).toMatchObject({ smoke });
  expect(data("watch", "outcome")).toMatchObject({ smoke });
  expect(data(undefined, "outcome")).toEqual({
    problems: [],
    running: release.id,
    startedAt: records[0]?.at,
    seconds: expect.any(Number),
    steps: expect.arrayContaining([{ step: "migrate", seconds: 0, outcome: "done" }]),
    warnings: ["not as it was left: api"],
  });
});
