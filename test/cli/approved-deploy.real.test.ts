import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Approval } from "../../src/core/acts/types.ts";
import type { PlanReport } from "../../src/core/plan/types.ts";
import type { StatusReport } from "../../src/core/deployment/status-report.ts";
import type { Release } from "../../src/core/release/types.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
  const written = aWrittenConfig();
  app.configure({
    ...written,
    environments: {
      local: {
        ...written.environments["local"],
        cloud: "local",
        smokeTimeoutSeconds: 2,
        deployTimeoutSeconds: 60,
        approvals: { roles: { "qa-lead": 1, "tech-lead": 1 } },
      },
    },
    people: {
      "person-a": { name: "Person A", identities: [await key("person-a")] },
      "person-b": { name: "Person B", identities: [await key("person-b")] },
    },
    roles: { "qa-lead": ["person-a"], "tech-lead": ["person-b"] },
  });
});
afterEach(() => app.close());

const run = (...words: readonly string[]) => slipway([...words, `--project=${app.folder}`], app.env);
const key = async (person: string) => (await run("keys", "create", `--person=${person}`)).stdout.trim();

/** Publishes release `n`, written by somebody, and saves its plan; answers both files and what was planned. */
async function planned(n: number) {
  const release: Release = JSON.parse(readFileSync(await app.publish(n), "utf8")) as Release;
  const manifest = app.manifest({ ...release, author: "git:person-c@example.com" });
  const file = join(app.folder, `plan-${n}.json`);
  const ran = await run("plan", "--env=local", `--release=${manifest}`, `--out=${file}`, "--json");
  return { ran, manifest, file, report: JSON.parse(ran.stdout) as PlanReport };
}

const approve = (file: string, person: string, role: string) =>
  run(
    "approve",
    `--plan=${file}`,
    `--role=${role}`,
    "--meaning=approved",
    "--reason=tested by hand",
    `--person=${person}`,
    "--json",
  );
const deploy = (file: string) => run("deploy", "--env=local", `--plan=${file}`, "--json");

async function listed(manifest: string): Promise<readonly Approval[]> {
  const ran = await run("approvals", "--env=local", `--release=${manifest}`, "--json");
  return (JSON.parse(ran.stdout) as { approvals: readonly Approval[] }).approvals;
}

test("a plan waits for its two people, goes once, and its approvals are used up", async () => {
  const { ran, manifest, file, report } = await planned(1);
  expect([ran.code, report.open]).toEqual([10, false]);

  const waiting = await deploy(file);
  expect(waiting.code).toBe(10);
  expect((await approve(file, "person-a", "qa-lead")).code).toBe(0);
  expect((await deploy(file)).code).toBe(10);
  expect((await approve(file, "person-b", "tech-lead")).code).toBe(0);

  const gone = await deploy(file);
  expect(gone.stderr + gone.stdout).toContain("deployed");
  expect(gone.code).toBe(0);
  const used = (await listed(manifest)).map(({ usedBy }) => usedBy);
  expect(used).toEqual([expect.stringMatching(/^d-/), used[0]]);
});

test("an approval that is taken back, or given to another plan, lets nothing go", async () => {
  const first = await planned(1);
  const taken = await approve(first.file, "person-a", "qa-lead");
  const { approval } = JSON.parse(taken.stdout) as { approval: { id: string } };
  await approve(first.file, "person-b", "tech-lead");
  await run("revoke", `--approval=${approval.id}`, "--reason=found a bug", "--person=person-a");
  expect((await deploy(first.file)).code).toBe(10);

  const second = await planned(2);
  await approve(second.file, "person-a", "qa-lead");
  const ran = await deploy(second.file);
  expect(ran.code).toBe(10);
  expect(ran.stderr).toContain("tech-lead: 0 of 1 approval");
});

test("a hold stops what is approved until it is released", async () => {
  const { file } = await planned(1);
  await approve(file, "person-a", "qa-lead");
  await approve(file, "person-b", "tech-lead");
  const held = await run("hold", "--env=local", "--reason=incident 7", "--person=person-b", "--json");
  const { holdId } = JSON.parse(held.stdout) as { holdId: string };
  const stopped = await deploy(file);
  expect(stopped.code).toBe(10);
  expect(stopped.stderr).toContain("incident 7");

  await run("release-hold", "--env=local", `--hold=${holdId}`, "--reason=mended", "--person=person-a");
  expect((await deploy(file)).code).toBe(0);
});

test("broken glass needs a second person, and a review that neither of the two may close", async () => {
  const { file } = await planned(1);
  const broken = () =>
    run("deploy", "--env=local", `--plan=${file}`, "--break-glass=the app is down for everybody");
  expect((await broken()).code).toBe(10);

  const answered = await run(
    "approve",
    `--plan=${file}`,
    "--role=qa-lead",
    "--meaning=break-glass",
    "--reason=I saw it being down",
    "--person=person-a",
  );
  expect([answered.code, (await broken()).code]).toEqual([0, 0]);

  const status = JSON.parse((await run("status", "--env=local", "--json")).stdout) as StatusReport;
  const review = status.reviews[0]?.id ?? "";
  const close = (person: string) =>
    run("close-review", "--env=local", `--review=${review}`, "--finding=it was needed", `--person=${person}`);
  const own = await close("person-a");
  expect(own.code).toBe(10);
  expect(own.stderr).toContain("person-a had a part in breaking the glass, and nobody reviews their own act");
  expect((await close("person-b")).stdout).toBe(`${review} of local is closed: it was needed\n`);
  expect((await close("person-b")).code).toBe(2);
});
