import { beforeEach, describe, expect, test } from "vitest";
import { describePlan } from "../../src/core/plan/describe-plan.ts";
import type { PlanReport } from "../../src/core/plan/types.ts";
import { aRelease } from "../builders/a-release.ts";
import { act } from "../fakes/sign.ts";
import { World } from "../fakes/world.ts";
import { runDeploy, runPlan } from "./run.ts";

const V1 = aRelease(1);
const V2 = aRelease(2, {
  migrations: [...V1.migrations, { file: "0002_notes.up.sql", sha256: "b".repeat(64) }],
});
const HOLD = { kind: "hold", holdId: "h-1", reason: "incident 12", by: "person-a" } as const;

let world: World;
beforeEach(async () => {
  world = new World();
  await runDeploy(world, world.publish(V1));
  world.publish(V2);
  world.platform.mutations.length = 0;
});

/** The fingerprint is another with every change of the builders. */
function asPeopleReadIt(report: PlanReport): string {
  const plan = { ...report.plan, fingerprint: "f".repeat(64) };
  return `${describePlan({ ...report, plan }, undefined)}\n`;
}

describe("plan", () => {
  test("tells what would happen, and changes nothing", async () => {
    const written = world.ledger.appended.length;

    const report = await runPlan(world, V2);

    expect(report).toMatchObject({
      does: "deploy",
      open: true,
      problems: [],
      notes: [],
      exitCode: 0,
      manifest: V2,
      plan: {
        schema: 1,
        app: "diary",
        environment: "local",
        release: { id: V2.id, version: "2.0.0", commit: V2.commit },
        configSha256: V2.configSha256,
        migrations: { applied: 1, pending: [V2.migrations[1]] },
        components: {
          api: { revision: "diary-local-api:1", image: V2.components["api"]?.image, desired: 1 },
        },
        wayBack: V1.id,
        // 30 calls + 60 start + 2 × 5 health + 30 draining + 30 stop + 20 smoke
        worstRollbackSeconds: 180,
      },
    });
    expect(world.ledger.appended).toHaveLength(written);
    expect(world.platform.mutations).toEqual([]);
    expect(world.migrations.applied).toEqual(["0001_entries.up.sql"]);
    expect(await world.ledger.current()).toBeUndefined();
    expect(world.migrations.opened).toBe(0);
    await expect(asPeopleReadIt(report)).toMatchFileSnapshot("../golden/plan/open.txt");
  });

  test("tells every reason why it would be refused, and exits as the deployment would", async () => {
    await act(world, HOLD);
    expect(await runPlan(world, V2)).toMatchObject({ open: false, exitCode: 10 });

    world.images.clear();
    world.secrets.delete("diary/local/database-url");
    world.migrations.refuses = "0001_entries.up.sql";
    const report = await runPlan(world, V2);

    expect(report).toMatchObject({
      open: false,
      problems: [{ code: "IMAGE_MISSING" }, { code: "SECRET_MISSING" }, { code: "MIGRATION_EDITED" }],
      exitCode: 11,
    });
    await expect(asPeopleReadIt(report)).toMatchFileSnapshot("../golden/plan/refused.txt");
  });

  test("has nothing to do for the release that runs", async () => {
    world.publish(V1);

    expect(await runPlan(world, V1)).toMatchObject({ does: "nothing-to-do", exitCode: 0 });
  });

  test("says that a way back could take too long, what costs it, and what to change", async () => {
    world.platform.rollout = { ...world.platform.rollout, drainSeconds: 300 };

    const { problems, exitCode } = await runPlan(world, V2);

    expect(exitCode).toBe(11);
    expect(problems).toEqual([
      {
        code: "ROLLBACK_TOO_SLOW",
        at: "environments/local/rollbackLimitSeconds",
        says: expect.stringContaining("could take 450 s, the limit is 300 s"),
        hint: expect.stringContaining("draining of api (the target group's deregistration delay)"),
      },
    ]);
    expect(await runDeploy(world, V2)).toMatchObject({
      outcome: "refused",
      exitCode: 11,
      problems: [{ code: "ROLLBACK_TOO_SLOW" }],
    });
    expect(world.platform.mutations).toEqual([]);
  });

  test("of the same state is the same plan", async () => {
    const [one, other] = [await runPlan(world, V2), await runPlan(world, V2)];

    expect(one).toEqual(other);
  });
});

describe("a saved plan", () => {
  test("is deployed while it holds", async () => {
    const { plan } = await runPlan(world, V2);

    expect(await runDeploy(world, V2, { plan })).toMatchObject({ outcome: "deployed", running: V2.id });
  });

  test.each<[string, string, (it: World) => void]>([
    [
      "something else runs",
      "plan/components/api: was diary-local-api:1 when the plan was made, is by-hand:7 now",
      (it) => Object.assign(it.platform.services.get("diary-local-api") ?? {}, { revision: "by-hand:7" }),
    ],
    [
      "a migration has been applied",
      "plan/migrations/applied: was 1 when the plan was made, is 2 now",
      (it) => it.migrations.applied.push("0002_notes.up.sql"),
    ],
    [
      "the way back takes longer",
      "plan/worstRollbackSeconds: was 180 when the plan was made, is 190 now",
      (it) => (it.platform.rollout = { ...it.platform.rollout, drainSeconds: 40 }),
    ],
  ])("is stale when %s, and nothing is changed", async (_what, says, change) => {
    const { plan } = await runPlan(world, V2);
    change(world);
    const written = world.ledger.appended.length;

    const error: unknown = await runDeploy(world, V2, { plan }).catch((fault: unknown) => fault);

    expect(error).toMatchObject({ exit: "verifyFailed", problems: expect.anything() });
    const { problems } = error as { problems: { code: string; at: string; says: string }[] };
    expect(problems.map((problem) => problem.code)).toContain("PLAN_STALE");
    expect(problems.map((problem) => `${problem.at}: ${problem.says}`)).toContain(says);
    expect(world.ledger.appended).toHaveLength(written);
    expect(world.platform.mutations).toEqual([]);
  });

  test("for another release is stale", async () => {
    const { plan } = await runPlan(world, V2);
    const V3 = world.publish(aRelease(3, { migrations: V2.migrations }));

    await expect(runDeploy(world, V3, { plan })).rejects.toMatchObject({
      problems: [{ code: "PLAN_STALE" }, {}, {}],
    });
  });

  test("is kept by a deployment that is resumed, although it has changed what the plan was made of", async () => {
    const { plan } = await runPlan(world, V2);
    const stop = new AbortController();
    world.onStep = (step) => {
      if (step === "stage") stop.abort();
    };
    const first = await runDeploy(world, V2, { plan, stop: stop.signal });
    expect(first).toMatchObject({ outcome: "interrupted" });
    expect(world.migrations.applied).toHaveLength(2);
    world.onStep = () => undefined;

    expect(await runDeploy(world, V2, { plan })).toMatchObject({
      outcome: "deployed",
      deploymentId: first.deploymentId,
    });
  });
});

test("a manifest that was edited after it was deployed here is refused", async () => {
  const edited = { ...V1, version: "1.0.1" };

  await expect(runDeploy(world, world.publish(edited))).rejects.toMatchObject({
    exit: "usage",
    problems: [{ code: "RELEASE_EDITED", at: "release" }],
  });
  expect(world.platform.mutations).toEqual([]);
});
