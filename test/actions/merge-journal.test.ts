import { beforeEach, describe, expect, test } from "vitest";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { Emergency, refusal } from "./emergency.ts";
import { runDeploy, runRollback } from "./run.ts";

const [V1, V2, V3] = [aRelease(1), aRelease(2), aRelease(3)];

let world: World;
let emergency: Emergency;
beforeEach(async () => {
  world = new World();
  emergency = await Emergency.of(world);
  await runDeploy(world, world.publish(V1));
  await runDeploy(world, world.publish(V2));
});

const lastKnownGood = async () => (await world.ledger.lastKnownGood("diary", "local"))?.release.id;

describe("the journal of an emergency, with the ledger back", () => {
  test("becomes late entries, the release that runs, and a review that is due", async () => {
    await emergency.rollback();
    const story = emergency.story();

    const report = await emergency.merge();

    expect(report).toMatchObject({
      outcome: "merged",
      appended: story.records.length,
      running: V1.id,
      overtaken: false,
      anchored: true,
    });
    expect(await lastKnownGood()).toBe(V1.id);
    const records = await world.ledger.records(story.deploymentId);
    const late = records.filter(({ type }) => type === "act");
    expect(late.map(({ actor, fence, data }) => ({ actor, fence, data }))).toEqual(
      story.records.map((record) => ({
        actor: world.caller.actor,
        fence: null,
        data: {
          act: "late-entry",
          mergedBy: world.caller.actor,
          journalSha256: "0".repeat(64),
          order: record.seq,
          originalAt: record.at,
          ciActor: null,
          record,
        },
      })),
    );
    const reviews = await world.ledger.gatekeeping.reviews("diary", "local");
    expect(reviews).toMatchObject([{ id: story.reviewId, because: "the app is down", by: "person-b" }]);
  });

  test("twice is once, and a plain rollback goes on from it", async () => {
    await emergency.rollback();
    await emergency.merge();
    const { length } = world.ledger.appended;

    expect(await emergency.merge()).toMatchObject({ outcome: "nothing-to-do", appended: 0, running: V1.id });
    expect(world.ledger.appended.length).toBe(length);
    expect(await runRollback(world, V2.id)).toMatchObject({ outcome: "deployed", previous: V1.id });
  });

  test("killed after any record, the next merge ends it, and no record is there twice", async () => {
    await emergency.rollback();
    const story = emergency.story();
    const begun = world.ledger.appended.length;

    for (let at = 1; ; at += 1) {
      world.ledger.unreachableFrom = begun + at;
      const answer = await refusal(emergency.merge(story));
      world.ledger.unreachableFrom = Infinity;
      if (answer !== undefined && "outcome" in (answer as object)) break;
      if (at > 50) throw new Error("the merge never ends");
      await world.clock.sleep(120_000);
    }

    await emergency.merge(story);
    const records = await world.ledger.records(story.deploymentId);
    const orders = records.filter(({ type }) => type === "act").map(({ data }) => data["order"]);
    expect(orders).toEqual(story.records.map(({ seq }) => seq));
    expect(records.filter(({ type }) => type !== "act").map(({ type, phase }) => `${type} ${phase}`)).toEqual(
      ["deployment intent", "step outcome", "deployment outcome"],
    );
    expect(await lastKnownGood()).toBe(V1.id);
  });

  test("one that was killed is on record as failed, and its next run's journal says what runs", async () => {
    await emergency.rollback();
    const killed = emergency.story(emergency.journals.text.split("\n").slice(0, 4).join("\n") + "\n");
    expect(killed).toMatchObject({ outcome: undefined, committed: undefined });

    expect(await emergency.merge(killed)).toMatchObject({ outcome: "merged", running: null });
    const [latest] = await world.ledger.deployments("diary", "local", 1);
    expect([latest?.outcome, await lastKnownGood()]).toEqual(["failed", V2.id]);
  });

  test("two of them are merged in their order", async () => {
    await emergency.rollback();
    const first = emergency.story();
    await emergency.rollback({ to: V2.id, second: emergency.sign("b", { release: V2.id }) });
    const second = emergency.story();

    expect(await refusal(emergency.merge(second))).toEqual({
      exit: "verifyFailed",
      problems: [
        `JOURNAL_OTHER --journal: goes on from ${first.deploymentId}, of which this ledger knows nothing`,
      ],
    });
    await emergency.merge(first);
    expect(await emergency.merge(second)).toMatchObject({ outcome: "merged", running: V2.id });
  });

  test("does not undo a deployment that came after it", async () => {
    await emergency.rollback();
    const story = emergency.story();
    await runDeploy(world, world.publish(V3));

    expect(await emergency.merge(story)).toMatchObject({ outcome: "merged", running: null, overtaken: true });
    expect(await lastKnownGood()).toBe(V3.id);
  });

  test("closes the deployment that the ledger's end had left open", async () => {
    await emergency.rollback();
    const story = emergency.story();
    world.ledger.unreachableFrom = world.ledger.appended.length + 6;
    await runDeploy(world, world.publish(V3)).catch(() => undefined);
    world.ledger.unreachableFrom = Infinity;
    const open = (await world.ledger.deployments("diary", "local", 1))[0];
    expect(open?.outcome).toBe(undefined);
    await world.clock.sleep(120_000);

    await emergency.merge(story);
    const all = await world.ledger.deployments("diary", "local", 2);
    expect(all.map(({ outcome }) => outcome)).toEqual(["deployed", "interrupted"]);
  });

  test("is refused by another ledger and by another environment", async () => {
    await emergency.rollback();
    const story = emergency.story();

    expect(await refusal(emergency.merge(story, "log-2"))).toEqual({
      exit: "usage",
      problems: ["JOURNAL_OTHER --journal: continues the ledger log-1, and this one is log-2"],
    });
    expect(await refusal(emergency.merge({ ...story, env: "staging" }))).toEqual({
      exit: "usage",
      problems: ["JOURNAL_OTHER --journal: is of diary/staging, not of diary/local"],
    });
    expect(await world.ledger.records(story.deploymentId)).toEqual([]);
  });
});
