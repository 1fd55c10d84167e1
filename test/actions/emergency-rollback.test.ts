import { beforeEach, describe, expect, test } from "vitest";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { Emergency, refusal } from "./emergency.ts";
import { ending, runDeploy } from "./run.ts";

const [V1, V2, V3] = [aRelease(1), aRelease(2), aRelease(3)];

let world: World;
let emergency: Emergency;
beforeEach(async () => {
  world = new World();
  emergency = await Emergency.of(world);
  await runDeploy(world, world.publish(V1));
  await runDeploy(world, world.publish(V2));
  world.ledger.unreachableFrom = 0;
});

/** The calls that changed the platform since the deployments. */
function changesSince(before: number): readonly string[] {
  return world.platform.mutations.slice(before);
}

describe("with the ledger gone", () => {
  test("goes back by what the anchors keep, without one word to the ledger, and keeps the journal there", async () => {
    const report = await emergency.rollback();

    expect(ending(report)).toEqual({ outcome: "deployed", exitCode: 0, running: V1.id, problems: [] });
    expect([world.serving, report.anchored]).toEqual(["1.0.0", true]);
    expect([...emergency.journals.kept]).toEqual([
      [`emergency/diary/local/${report.deploymentId}`, emergency.journals.text],
    ]);
    expect(emergency.story()).toMatchObject({
      outcome: "deployed",
      reason: "the app is down",
      answeredBy: "person-b",
      log: "log-1",
      committed: { api: expect.any(String) as string },
    });
  });

  test("writes down what it is about to do before it does it", async () => {
    const before = world.platform.mutations.length;
    const order: string[] = [];
    emergency.journals.onAppend = ({ step, phase }) =>
      order.push(`${step ?? "all"} ${phase} ${changesSince(before).length}`);

    await emergency.rollback();

    expect(order.slice(0, 5)).toEqual([
      "all intent 0",
      "verify intent 0",
      "verify outcome 0",
      "shift intent 0",
      "shift outcome 1",
    ]);
  });

  test("a second emergency goes on from the first one", async () => {
    await emergency.rollback();
    const again = await emergency.rollback({ to: V2.id, second: emergency.sign("b", { release: V2.id }) });

    expect(again).toMatchObject({ outcome: "deployed", previous: V1.id, running: V2.id });
    expect(world.knownGood.lists.get("diary/local")?.releases.map(({ release }) => release.version)).toEqual([
      "1.0.0",
      "2.0.0",
      "1.0.0",
      "2.0.0",
    ]);
  });

  test("a target that fails its smoke test is left again, exit 21", async () => {
    world.platform.behaviours.set("1.0.0", "fails-smoke");

    const report = await emergency.rollback();

    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: V2.id });
    expect(world.serving).toBe("2.0.0");
    expect(emergency.story()).toMatchObject({ outcome: "rollback-failed", committed: undefined });
  });

  test("a disk that is full before anything moves keeps everything where it is", async () => {
    const before = world.platform.mutations.length;
    emergency.journals.fullFrom = 4;

    expect(await refusal(emergency.rollback())).toEqual({
      exit: "verifyFailed",
      problems: ["EMERGENCY_JOURNAL_UNWRITABLE /emergency: cannot be written: ENOSPC"],
    });
    expect(changesSince(before)).toEqual([]);
  });

  test("a journal that no anchor takes makes no success: exit 41", async () => {
    emergency.journals.anchorAnswers = false;

    const report = await emergency.rollback();

    expect(report).toMatchObject({ outcome: "failed", exitCode: 41, running: V1.id, anchored: false });
    expect(report.problems.map(({ code }) => code)).toEqual(["JOURNAL_NOT_ANCHORED"]);
  });
});

describe("nothing moves", () => {
  async function refused(call: Promise<unknown>): Promise<unknown> {
    const before = world.platform.mutations.length;
    const answer = await refusal(call);
    expect([changesSince(before), emergency.journals.text]).toEqual([[], ""]);
    return answer;
  }

  test("while the ledger answers: exit 2", async () => {
    emergency.gone = undefined;
    expect(await refused(emergency.rollback())).toEqual({
      exit: "usage",
      problems: [
        "LEDGER_ANSWERS --break-glass: the ledger answers; breaking the glass is for the day it is gone",
      ],
    });
  });

  test("without a second person, with oneself as one, or with somebody without a role: exit 10", async () => {
    const bySecond = async (second: Parameters<Emergency["rollback"]>[0]) =>
      refused(emergency.rollback(second));

    expect(await bySecond({ second: undefined })).toEqual({
      exit: "gateClosed",
      problems: [
        `EMERGENCY_SECOND_MISSING --second: no second person answers for going back to 1.0.0 (${V1.id}) without the ledger`,
      ],
    });
    expect(await bySecond({ second: emergency.sign("a") })).toMatchObject({
      exit: "gateClosed",
      problems: [expect.stringContaining("person-a triggers this deployment")],
    });
    expect(await bySecond({ second: emergency.sign("c") })).toMatchObject({
      exit: "gateClosed",
      problems: [expect.stringContaining("person-c is not in the role tech-lead")],
    });
  });

  test("for another release than the one that was signed for", async () => {
    expect(
      await refused(emergency.rollback({ to: V1.id, second: emergency.sign("b", { release: V3.id }) })),
    ).toEqual({
      exit: "gateClosed",
      problems: [`EMERGENCY_SECOND_REFUSED --second: is for ${V3.id}, not for ${V1.id}`],
    });
  });

  test("across a contract migration that the target does not know", async () => {
    const list = world.knownGood.lists.get("diary/local");
    if (list === undefined) throw new Error("the deployments kept no list");
    const contract = {
      file: "0002_drop.contract.up.sql",
      sha256: "b".repeat(64),
      phase: "contract",
    } as const;
    world.knownGood.lists.set("diary/local", { ...list, contracts: [contract] });

    expect(await refused(emergency.rollback())).toMatchObject({
      exit: "verifyFailed",
      problems: [expect.stringContaining("ROLLBACK_CROSSES_CONTRACT 0002_drop.contract.up.sql")],
    });
  });

  test("where no anchor has a list that can be believed", async () => {
    world.knownGood.found = [
      { kind: "none", place: "file:/one" },
      { kind: "refused", place: "file:/two", says: "is signed by x+00, which is not trusted here" },
    ];
    expect(await refused(emergency.rollback())).toEqual({
      exit: "verifyFailed",
      problems: [
        "KNOWN_GOOD_UNKNOWN ledger/anchors: no anchor says which releases were good: file:/one keeps no list; " +
          "the list of file:/two is not used: is signed by x+00, which is not trusted here",
      ],
    });
  });

  test("in another account than the environment's", async () => {
    world.caller = { ...world.caller, region: "eu-west-1" };
    expect(await refused(emergency.rollback())).toMatchObject({
      problems: [expect.stringContaining("WRONG_REGION")],
    });
  });

  test("while the platform replaces tasks, unless somebody has looked", async () => {
    const revision = await world.platform.stage({
      family: "diary-local-api",
      image: "other",
      container: "api",
      cpu: 1,
      memory: 1,
      port: 1,
      env: {},
      secrets: {},
      executionRole: undefined,
      taskRole: undefined,
    });
    const spec = {
      cluster: "diary-local",
      service: "diary-local-api",
      targetGroup: "",
      container: "api",
      port: 1,
    };
    await world.platform.shift({ ...spec, tasks: undefined }, revision, 1);

    expect(await refused(emergency.rollback())).toMatchObject({
      exit: "leaseHeld",
      problems: [expect.stringContaining("ROLLOUT_UNDER_WAY api")],
    });
    expect(await emergency.rollback({ duringRollout: true })).toMatchObject({
      outcome: "deployed",
      running: V1.id,
    });
  });
});
