import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLedger } from "../../src/adapters/postgres/open-ledger.ts";
import { Secret } from "../../src/core/secret.ts";
import type { DeploymentReport } from "../../src/core/deployment/report.ts";
import type { StatusReport } from "../../src/core/deployment/status-report.ts";
import type { PlanReport } from "../../src/core/plan/types.ts";
import { until } from "../cloud/until.ts";
import type { Release } from "../../src/core/release/types.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { useDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway, startSlipway, type Ran } from "./slipway.ts";

const database = useDatabase();
let app: DeliveredApp;
beforeEach(async () => {
  app = await DeliveredApp.begin(database.url);
});
afterEach(() => app.close());

const words = (verb: string, ...more: string[]) => [verb, "--env=local", `--project=${app.folder}`, ...more];
const run = (verb: string, ...more: string[]) => slipway(words(verb, ...more), app.env);

async function deploy(n: number): Promise<DeploymentReport & Ran> {
  const ran = await run("deploy", `--release=${await app.publish(n)}`, "--json");
  return { ...(JSON.parse(ran.stdout || "null") as DeploymentReport), ...ran };
}

async function version(url: string | null): Promise<string> {
  const answer = (await (await fetch(`${url}/version`)).json()) as { version: string };
  return answer.version;
}

describe("the CLI delivers", () => {
  test("a first release, an upgrade, a broken release that it takes back, and a rollback", async () => {
    const first = await deploy(1);
    expect(first).toMatchObject({ code: 0, outcome: "deployed", exitCode: 0, previous: null, problems: [] });
    expect(await version(first.url)).toBe("1.0.0");
    expect(first.stderr).toContain("✓ smoke: 2 checks passed");

    const second = await deploy(2);
    expect(second).toMatchObject({ code: 0, outcome: "deployed", previous: first.release });
    expect(await version(second.url)).toBe("2.0.0");

    const broken = await deploy(3);
    expect(broken).toMatchObject({ code: 20, outcome: "rolled-back", exitCode: 20, running: second.release });
    expect(broken.problems).toMatchObject([
      { code: "SMOKE_FAILED", says: 'GET /version: version is "2.0.0", expected "3.0.0"' },
    ]);
    expect(await version(second.url)).toBe("2.0.0");

    const again = await run("deploy", `--release=${await app.publish(2)}`);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nothing to do: diary 2\.0\.0/) });

    const back = await run("rollback");
    expect(back).toMatchObject({ code: 0, stdout: expect.stringMatching(/^diary 1\.0\.0 .* runs in local/) });
    expect(await version(second.url)).toBe("1.0.0");

    const status = JSON.parse((await run("status", "--json")).stdout) as StatusReport;
    expect(status).toMatchObject({
      version: "1.0.0",
      lease: null,
      components: [{ component: "api", drifted: false, running: { desired: 1, running: 1 } }],
      deployments: [
        { purpose: "rollback", version: "1.0.0", outcome: "deployed" },
        { purpose: "deploy", version: "3.0.0", outcome: "rolled-back" },
        { purpose: "deploy", version: "2.0.0", outcome: "deployed" },
        { purpose: "deploy", version: "1.0.0", outcome: "deployed" },
      ],
    });
    const nowhere = await run("rollback");
    expect(nowhere).toMatchObject({
      code: 11,
      stderr: expect.stringContaining("is the only release that is known good"),
    });
  });

  test("a release whose tasks crash is rolled back by the platform: exit 20 with the exit code of the task", async () => {
    await deploy(1);

    const crashed = await deploy(4);

    expect(crashed).toMatchObject({ code: 20, outcome: "rolled-back" });
    expect(crashed.problems.map(({ code }) => code)).toContain("ROLLOUT_ROLLED_BACK");
    expect(crashed.problems.find(({ code }) => code === "TASK_STOPPED")?.says).toMatch(
      /exit code 3( \(and \d+ more like it\))?$/,
    );
    expect(await version(crashed.url ?? (await deploy(1)).url)).toBe("1.0.0");
  });
});

describe("a signal in the middle", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s while the rollout goes on: what ran before is brought back",
    async (signal) => {
      const first = await deploy(1);
      const release = await app.publish(2);
      const running = startSlipway(words("deploy", `--release=${release}`, "--json"), app.env);
      await until(running.story, (story) => story.includes("  wait:"));

      running.child.kill(signal);
      const ended = await running.ended;

      expect(ended.code).toBe(40);
      expect(JSON.parse(ended.stdout)).toMatchObject({ outcome: "interrupted", running: first.release });
      expect(await version(first.url)).toBe("1.0.0");
      expect(await deploy(2)).toMatchObject({ code: 0, outcome: "deployed" });
    },
  );

  test("SIGKILL: the next run takes the lease over and brings the release up", async () => {
    const first = await deploy(1);
    const release = await app.publish(2);
    const running = startSlipway(words("deploy", `--release=${release}`), app.env);
    await until(running.story, (story) => story.includes("  wait:"));

    running.child.kill("SIGKILL");
    await running.ended;
    const second = await deploy(2);

    expect(second).toMatchObject({ code: 0, outcome: "deployed" });
    expect(second.stderr).toContain("taken over from");
    expect(second.stderr).toContain("attempt 2");
    expect(await version(first.url)).toBe("2.0.0");
  });
});

test("a deployment while another one holds the environment is refused with its holder: exit 30", async () => {
  const ledger = await openLedger(new Secret("ledger", database.url), new AbortController().signal);
  const wish = {
    app: "diary",
    env: "local",
    holder: "somebody else",
    purpose: "deploy sha-x",
    lifetimeSeconds: 20,
  };
  const answer = await ledger.leases.take(wish);
  if (answer.kind !== "taken") throw new Error("the lease should have been free");
  const heart = setInterval(() => void ledger.leases.renew(answer.lease, 20), 500);

  const refused = await run("deploy", `--release=${await app.publish(1)}`, "--json");

  clearInterval(heart);
  await ledger.close();
  expect(refused.code).toBe(30);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    exitCode: 30,
    problems: [
      {
        code: "LEASE_HELD",
        says: expect.stringMatching(/^somebody else holds it since .* for: deploy sha-x$/),
      },
    ],
  });
});

describe("a plan", () => {
  const planFile = () => join(app.folder, "plan.json");

  test("is saved, shows what would happen, changes nothing, and is deployed without the manifest", async () => {
    const first = await deploy(1);
    const release = await app.publish(2);

    const planned = await run("plan", `--release=${release}`, `--out=${planFile()}`);
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringMatching(/^diary 2\.0\.0 .* to local\n/) });
    expect(planned.stdout).toContain(`way back: ${first.release}, at most 162 s`);
    expect(await version(first.url)).toBe("1.0.0");
    rmSync(release);

    const ran = await run("deploy", `--plan=${planFile()}`, "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: "deployed", exitCode: 0, anchored: true });
    expect(await version(first.url)).toBe("2.0.0");

    const stale = await run("deploy", `--plan=${planFile()}`, "--json");
    expect(stale.code).toBe(0);
    expect(JSON.parse(stale.stdout)).toMatchObject({ outcome: "nothing-to-do" });
  });

  test("that was edited, or no longer holds, is refused before anything moves", async () => {
    const first = await deploy(1);
    const release = await app.publish(2);
    const ran = await run("plan", `--release=${release}`, "--json");
    const report = JSON.parse(ran.stdout) as PlanReport;

    const edited = { ...report, plan: { ...report.plan, wayBack: null } };
    writeFileSync(planFile(), JSON.stringify(edited));
    expect(await run("deploy", `--plan=${planFile()}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("it was edited"),
    });

    const manifest = { ...report.manifest, version: "2.0.1" };
    writeFileSync(planFile(), JSON.stringify({ ...report, manifest }));
    expect(await run("deploy", `--plan=${planFile()}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("was edited: the plan was made for"),
    });

    writeFileSync(planFile(), JSON.stringify(report));
    await deploy(2);
    expect(await deploy(1)).toMatchObject({ code: 0, outcome: "deployed" });
    const stale = await run("deploy", `--plan=${planFile()}`, `--release=${release}`, "--json");
    expect(stale.code).toBe(11);
    expect(JSON.parse(stale.stdout)).toMatchObject({ problems: [{ code: "PLAN_STALE" }] });
    expect(await version(first.url)).toBe("1.0.0");
  });

  test("is wanted with its release or without, not without both", async () => {
    expect(await run("deploy")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--release <file>"),
    });
  });
});

test("resume ends what was killed, with the release that the ledger holds; a second one has nothing to do", async () => {
  const first = await deploy(1);
  const release = await app.publish(2);
  const running = startSlipway(words("deploy", `--release=${release}`), app.env);
  await until(running.story, (story) => story.includes("  wait:"));
  running.child.kill("SIGKILL");
  await running.ended;
  rmSync(release);

  const resumed = await run("resume", "--json");

  expect(JSON.parse(resumed.stdout)).toMatchObject({ outcome: "deployed", version: "2.0.0", anchored: true });
  expect(await version(first.url)).toBe("2.0.0");
  expect(await run("resume")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^nothing to do: diary 2\.0\.0/),
  });
  const status = JSON.parse((await run("status", "--json")).stdout) as StatusReport;
  expect(status).toMatchObject({ unanchored: 0, holds: [], reviews: [], lease: null });
});

describe("promote", () => {
  test("takes the release that is good where it comes from, by one pair or through several", async () => {
    const first = await deploy(1);
    const release = await app.publish(2);
    const promote = (...more: string[]) => slipway(["promote", `--project=${app.folder}`, ...more], app.env);

    expect(await promote("--from=local", "--to=local")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^nothing to do: diary 1\.0\.0/),
    });
    const through = await promote("--through=local", `--release=${release}`, "--json");
    expect(JSON.parse(through.stdout)).toMatchObject({
      outcome: "promoted",
      stoppedAt: null,
      exitCode: 0,
      deployments: [{ outcome: "deployed", environment: "local", version: "2.0.0" }],
    });
    expect(await version(first.url)).toBe("2.0.0");
  });

  test.each([
    [[], "--from <name>"],
    [["--from=local"], "--to <name>"],
    [["--through=local"], "--release <file>"],
    [["--through=local,local", "--release=x"], "twice"],
    [["--through=local", "--release=x", "--from=local"], "either --from and --to, or --through"],
    [["--from=lokal", "--to=local"], 'did you mean "local"?'],
  ])("asks for what is missing or too much: %j", async (more, says) => {
    const ran = await slipway(["promote", `--project=${app.folder}`, ...more], app.env);

    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  });
});

describe("what is wrong is said before anything moves", () => {
  test("an unknown environment", async () => {
    const release = await app.publish(1);
    const ran = await slipway(
      ["deploy", "--env=lokal", `--release=${release}`, `--project=${app.folder}`],
      app.env,
    );

    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain('the config has no environment "lokal"; did you mean "local"?');
  });

  test("a manifest that does not exist, with --json as the one document on stdout", async () => {
    const ran = await run("deploy", "--release=nothing.json", "--json");

    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 2, problems: [{ code: "FILE_MISSING" }] });
  });

  test("an image in a registry that the cloud does not pull from", async () => {
    const release = JSON.parse(readFileSync(await app.publish(1), "utf8")) as Release;
    const api = release.components["api"];
    if (api === undefined) throw new Error("the release has no api");
    const image = api.image.replace(/^[^/]+/, "registry.example.com");
    const path = app.manifest({ ...release, components: { api: { ...api, image } } });

    const ran = await run("deploy", `--release=${path}`, "--json");

    expect(ran.code).toBe(11);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: "refused",
      problems: [{ code: "IMAGE_ELSEWHERE" }],
    });
  });

  test("a config that is not the one the release was built with", async () => {
    const release = await app.publish(1);
    app.configure({
      ...aWrittenConfig(),
      environments: { local: { cloud: "local", smokeTimeoutSeconds: 3 } },
    });

    const ran = await run("deploy", `--release=${release}`, "--json");

    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ problems: [{ code: "CONFIG_DIFFERS" }] });
  });

  test("a ledger that does not answer", async () => {
    const release = await app.publish(1);
    const env = { ...app.env, SLIPWAY_LEDGER_URL: "postgres://slipway:s3cret@127.0.0.1:1/slipway" };
    const ran = await slipway(words("deploy", `--release=${release}`, "--json"), env);

    expect(ran.code).toBe(11);
    expect(ran.stdout + ran.stderr).not.toContain("s3cret");
  });
});
