import { beforeEach, describe, expect, test } from "vitest";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import type { StepName } from "../../src/core/deployment/types.ts";
import { aConfig, aWrittenConfig } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { act, sign } from "../fakes/sign.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy, runPlan, runResume, runRollback } from "./run.ts";

const AUTHOR = "git:author@example.com";
const V1 = aRelease(1, { author: AUTHOR });
const V2 = aRelease(2, {
  author: AUTHOR,
  migrations: [...V1.migrations, { file: "0002_notes.up.sql", sha256: "b".repeat(64) }],
});
const HOLD = { kind: "hold", holdId: "h-1", reason: "incident 12", by: "person-a" } as const;
const RELEASED = { kind: "release-hold", holdId: "h-1" } as const;

type Local = Partial<WrittenConfig["environments"][string]>;

function demanding(changes: Local) {
  const written = aWrittenConfig();
  const local = { cloud: "local" as const, ...written.environments["local"], ...changes };
  return aConfig({
    environments: { local },
    people: {
      "person-a": { name: "Person A", identities: ["github:1"] },
      "person-b": { name: "Person B", identities: ["github:2"] },
    },
    roles: { "qa-lead": ["person-a", "person-b"] },
  });
}

let world: World;
beforeEach(async () => {
  world = new World();
  world.publish(V1);
});

describe("a closed gate", () => {
  test("lets nothing in: exit 10, the reason told and recorded, nothing changed", async () => {
    await act(world, HOLD);

    const report = await runDeploy(world, V1);

    expect(ending(report)).toEqual({
      outcome: "gated",
      exitCode: 10,
      running: null,
      problems: [
        expect.stringMatching(
          /^GATE_CLOSED environments\/local: person-a has held local since .*: incident 12/,
        ),
      ],
    });
    expect(world.platform.mutations).toEqual([]);
    expect(world.migrations.applied).toEqual([]);
    expect(world.ledger.story().slice(1)).toEqual([
      "deployment intent",
      "gates intent",
      "gates failed",
      "deployment gated",
    ]);
    const [summary] = await world.ledger.deployments("diary", "local", 1);
    expect(summary?.outcome).toBe("gated");
    expect(world.checkpoints.covered).toBe(world.ledger.appended.length);
  });

  test("keeps nobody from a rollback", async () => {
    await runDeploy(world, V1);
    await runDeploy(world, world.publish(V2));
    await act(world, HOLD);

    expect(await runRollback(world)).toMatchObject({ outcome: "deployed", running: V1.id });
  });

  test("is asked again on the next run, which is another deployment", async () => {
    await act(world, HOLD);
    const first = await runDeploy(world, V1);
    await act(world, RELEASED);

    const second = await runDeploy(world, V1);

    expect(second).toMatchObject({ outcome: "deployed" });
    expect(second.deploymentId).not.toBe(first.deploymentId);
  });

  test("killed right after the record that opens it, it stays closed", async () => {
    await act(world, HOLD);
    world.onStep = (step) => {
      if (step === "gates") world.ledger.unreachableFrom = world.ledger.appended.length + 1;
    };
    await expect(runDeploy(world, V1)).rejects.toMatchObject({ problems: [{ code: "LEDGER_UNREACHABLE" }] });
    world.ledger.unreachableFrom = Infinity;
    await act(world, RELEASED);

    expect(await runResume(world)).toMatchObject({ outcome: "nothing-to-do", exitCode: 0 });
    expect(world.serving).toBeUndefined();
  });
});

describe("before an irreversible step the gates are asked again", () => {
  beforeEach(async () => {
    await runDeploy(world, V1);
    world.publish(V2);
    world.platform.mutations.length = 0;
  });

  const holdIn = (wanted: StepName) => {
    world.onStep = (step) => {
      if (step === wanted) void act(world, HOLD);
    };
  };

  test("a hold placed before the migrations leaves everything as it was: exit 10", async () => {
    holdIn("verify");

    expect(await runDeploy(world, V2)).toMatchObject({ outcome: "gated", exitCode: 10, running: V1.id });
    expect(world.migrations.applied).toEqual(["0001_entries.up.sql"]);
    expect(world.platform.mutations).toEqual([]);
  });

  test("a hold placed after the migrations keeps the traffic where it is: exit 20", async () => {
    holdIn("stage");

    const report = await runDeploy(world, V2);

    expect(report).toMatchObject({ outcome: "rolled-back", exitCode: 20, running: V1.id });
    expect(report.problems).toMatchObject([{ code: "GATE_CLOSED" }]);
    expect(world.platform.mutations).toEqual(["stage diary-local-api:2"]);
    expect(world.serving).toBe("1.0.0");
  });

  test("a hold placed after the traffic has moved changes nothing any more", async () => {
    holdIn("wait");

    expect(await runDeploy(world, V2)).toMatchObject({ outcome: "deployed" });
  });
});

describe("the rate limit", () => {
  const config = demanding({ rateLimit: { deployments: 1, hours: 4 } });
  const deploy = (release = V1) => runDeploy(world, release, { config });

  test("counts a deployment that changed something, whatever became of it", async () => {
    world.platform.behaviours.set("1.0.0", "crashes");
    await deploy();

    expect(await deploy(world.publish(V2))).toMatchObject({ outcome: "gated" });
    await world.clock.sleep(4 * 3_600_000);
    expect(await deploy(V2)).toMatchObject({ outcome: "deployed" });
  });

  test("does not count one that was refused", async () => {
    world.images.clear();
    expect(await deploy()).toMatchObject({ outcome: "refused" });
    world.publish(V1);

    expect(await deploy()).toMatchObject({ outcome: "deployed" });
  });
});

describe("approvals", () => {
  const config = demanding({ approvals: { roles: { "qa-lead": 1 } } });
  const planned = async (release = V1) => (await runPlan(world, release, { config })).plan;
  const approve = async (id: string, changes: { planSha256?: string } = {}, release = V1) => {
    const { fingerprint, release: its } = await planned(release);
    const subject = { releaseSha256: its.sha256, planSha256: fingerprint, ...changes };
    await sign(world, { id, person: "person-a", role: "qa-lead", ...subject });
  };

  test("let the release and the plan in that they were given for, and are used up with the record that opens it", async () => {
    expect(await runDeploy(world, V1, { config })).toMatchObject({ outcome: "gated" });
    await approve("a-1");

    const report = await runDeploy(world, V1, { config });

    expect(report).toMatchObject({ outcome: "deployed" });
    const begun = world.ledger.appended.find(
      ({ deploymentId, type }) => deploymentId === report.deploymentId && type === "deployment",
    );
    expect(begun?.data).toMatchObject({
      planSha256: expect.any(String),
      approvals: [{ id: "a-1", person: "person-a", meaning: "approved" }],
    });
    const approvals = await world.ledger.gatekeeping.approvals(
      "diary",
      "local",
      String(begun?.data["releaseSha256"]),
    );
    expect(approvals).toMatchObject([{ id: "a-1", usedBy: report.deploymentId }]);
  });

  test("are good for one deployment", async () => {
    world.platform.behaviours.set("1.0.0", "crashes");
    await approve("a-1");
    expect(await runDeploy(world, V1, { config })).toMatchObject({ outcome: "stopped" });

    expect(await runDeploy(world, V1, { config })).toMatchObject({ outcome: "gated" });
  });

  test("for another plan do not count", async () => {
    await approve("a-1", { planSha256: "f".repeat(64) });

    const report = await runDeploy(world, V1, { config });

    expect(report).toMatchObject({ outcome: "gated" });
    expect(ending(report).problems.join()).toContain("it is for another plan");
  });

  test("of whoever triggers do not count, also when the CI says who that is", async () => {
    await approve("a-1");
    world.caller = { ...world.caller, actor: "arn:aws:sts::000000000000:assumed-role/ci/run" };
    world.origin = { ...world.origin, actor: "github:1" };

    expect(await runDeploy(world, V1, { config })).toMatchObject({ outcome: "gated" });
  });

  test("taken back in the middle stop it before the next change", async () => {
    await approve("a-1");
    world.onStep = (step) => {
      if (step === "stage") void act(world, { kind: "revoke", approvalId: "a-1" });
    };

    const report = await runDeploy(world, V1, { config });

    expect(report).toMatchObject({ outcome: "rolled-back", exitCode: 20 });
    expect(report.problems[0]).toMatchObject({ code: "GATE_CLOSED" });
    expect(world.serving).toBeUndefined();
  });

  test("that a killed run has used go on counting for the run that resumes it", async () => {
    await approve("a-1");
    const dying = world.process({ at: 40, when: "after" });
    void runDeploy(world, V1, { config, process: dying }).catch(() => undefined);
    for (let turn = 0; turn < 400; turn++) await new Promise((resolve) => setImmediate(resolve));
    const [open] = await world.ledger.deployments("diary", "local", 1);
    expect(open?.outcome).toBeUndefined();

    expect(await runResume(world, { config })).toMatchObject({ outcome: "deployed", running: V1.id });
  });
});

describe("breaking the glass", () => {
  const config = demanding({ approvals: { roles: { "qa-lead": 2 } } });
  const breakGlass = "logins fail for everybody";

  test("takes a second person", async () => {
    const report = await runDeploy(world, V1, { config, breakGlass });

    expect(report).toMatchObject({ outcome: "gated" });
    expect(ending(report).problems.join()).toContain("no second person");
  });

  test("skips what it may, is recorded with the reason, and leaves a review behind", async () => {
    const { plan } = await runPlan(world, V1, { config });
    const { fingerprint: planSha256, release } = plan;
    const signature = { releaseSha256: release.sha256, planSha256, role: "qa-lead", meaning: "break-glass" };
    await sign(world, { ...signature, meaning: "break-glass", id: "a-1", person: "person-b" });

    const report = await runDeploy(world, V1, { config, breakGlass });

    expect(report).toMatchObject({ outcome: "deployed" });
    expect(await world.ledger.gatekeeping.reviews("diary", "local")).toMatchObject([
      { deploymentId: report.deploymentId, because: breakGlass, by: "person-b" },
    ]);
    expect(
      world.ledger.appended.find(({ step, outcome }) => step === "gates" && outcome === "done")?.data,
    ).toMatchObject({
      gates: expect.arrayContaining([
        expect.objectContaining({ rule: expect.stringContaining("broken glass") }),
      ]),
    });
  });

  test("does not skip a hold", async () => {
    await act(world, HOLD);

    expect(await runDeploy(world, V1, { config, breakGlass })).toMatchObject({ outcome: "gated" });
  });
});

describe("the time of day", () => {
  test.each([-61_000, 61_000, 10 * 365 * 86_400_000])(
    "that the platform and the ledger disagree about by %d ms lets nothing be changed",
    async (ahead) => {
      world.platformAheadMs = ahead;

      await expect(runDeploy(world, V1)).rejects.toMatchObject({
        exit: "verifyFailed",
        problems: [{ code: "CLOCK_DISAGREES" }],
      });
      expect(world.ledger.appended).toEqual([]);
      expect(await world.ledger.current()).toBeUndefined();
    },
  );

  test("is unknown when the platform does not say it: nothing is changed", async () => {
    world.caller = { ...world.caller, platformTime: undefined };

    await expect(runDeploy(world, V1)).rejects.toMatchObject({ problems: [{ code: "CLOCK_DISAGREES" }] });
  });

  test("does not matter to a rollback", async () => {
    await runDeploy(world, V1);
    await runDeploy(world, world.publish(V2));
    world.platformAheadMs = 3_600_000;

    expect(await runRollback(world)).toMatchObject({ outcome: "deployed" });
  });
});

test("a release that was built with another config is refused, with what to do", async () => {
  await expect(runDeploy(world, { ...V1, configSha256: "0".repeat(64) })).rejects.toMatchObject({
    exit: "usage",
    problems: [{ code: "CONFIG_DIFFERS", hint: expect.stringContaining("check out") }],
  });
  expect(world.ledger.appended).toEqual([]);
});
