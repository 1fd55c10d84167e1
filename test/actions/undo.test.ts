import { beforeEach, describe, expect, test } from "vitest";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import { aConfig, aConfigWith, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { ending, runDeploy } from "./run.ts";

const NEVER = new AbortController().signal;
const A = "0001_a.up.sql";
const B = "0002_b.up.sql";
const FIRST = aRelease(1, { migrations: [{ file: A, sha256: "a".repeat(64) }] });
const SECOND = aRelease(2, { migrations: [...FIRST.migrations, { file: B, sha256: "b".repeat(64) }] });
const BEFORE = `schema after ${A}`;
const LEFT = "+ index public.t_by_a";
const SAFE = aConfigWith({ backup: { kind: "rds-snapshot", instance: "diary" } });
const ORPHANS = { orphans: [{ table: "public.b", constraint: "b_a_fkey", parent: "public.a", rows: 3 }] };

let world: World;
beforeEach(async () => {
  world = new World();
  await runDeploy(world, world.publish(FIRST));
  world.publish(SECOND);
});

/** The steps on record that change the database, with what they say. */
async function recordsOf(deploymentId: string | null) {
  const records = await world.ledger.records(deploymentId ?? "");
  return records
    .filter(({ step }) => step === "migrate" || step === "rollback-migrate")
    .map(({ step, phase, outcome, data }) => ({ step, phase, outcome, data }));
}

describe("a migration outside of transactions fails and leaves something", () => {
  beforeEach(() => {
    world.migrations.outside = [B];
    world.migrations.failsAt = B;
    world.migrations.leavesBehind = LEFT;
  });

  test("its down runs by itself, and the old release serves on the old schema", async () => {
    const report = await runDeploy(world, SECOND);

    expect(ending(report)).toEqual({
      outcome: "rolled-back",
      exitCode: 20,
      running: FIRST.id,
      problems: [`MIGRATION_FAILED ${B}: column "note" does not exist`],
    });
    expect(report.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toContain("rollback-migrate done");
    expect(await world.migrations.schema()).toBe(BEFORE);
    expect(await recordsOf(report.deploymentId)).toMatchObject([
      { step: "migrate", phase: "intent" },
      { step: "migrate", outcome: "failed", data: { failed: { file: B }, left: [LEFT] } },
      { step: "rollback-migrate", phase: "intent", data: { files: [B], back: BEFORE } },
      {
        step: "rollback-migrate",
        outcome: "done",
        data: {
          direction: "down",
          ran: [{ file: "0002_b.down.sql" }],
          back: BEFORE,
          schema: BEFORE,
          left: [],
        },
      },
    ]);
  });

  test("a down without a rehearsal does not run: the deployment stops, says so, and names the backup", async () => {
    world.migrations.unrehearsed = [B];
    const report = await runDeploy(world, SECOND, { config: SAFE });

    expect(ending(report)).toEqual({
      outcome: "rollback-failed",
      exitCode: 21,
      running: FIRST.id,
      problems: [
        `MIGRATION_FAILED ${B}: column "note" does not exist`,
        `SCHEMA_NOT_AS_IT_WAS ${B}: the schema is not as it was before (${LEFT}), and a person must act: ` +
          `the down of ${B} has no rehearsal that passed for these texts on this server`,
      ],
    });
    expect(report.problems[1]?.hint).toMatch(
      /restore the backup of this run beside it: aws rds restore-db-instance-from-db-snapshot .*roll-back-or-forward\.md/,
    );
    const [, migrate, ...more] = await recordsOf(report.deploymentId);
    expect(more).toEqual([]);
    expect(migrate?.data).toMatchObject({
      schemaBefore: BEFORE,
      schema: `${BEFORE} ${LEFT}`,
      stayed: [],
      left: [LEFT],
      backup: expect.stringMatching(/^arn:/) as string,
      stopped: { schemaBefore: BEFORE, schema: `${BEFORE} ${LEFT}`, changes: [LEFT] },
    });
    expect(world.serving).toBe("1.0.0");
  });

  test("a down that fails stops it too, and without a backup the hint says that there is none", async () => {
    world.migrations.downFailsAt = B;
    const report = await runDeploy(world, SECOND);

    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21, running: FIRST.id });
    expect(report.problems.map(({ code, at, says }) => `${code} ${at}: ${says}`)).toEqual([
      `MIGRATION_FAILED ${B}: column "note" does not exist`,
      "MIGRATION_FAILED 0002_b.down.sql: the table is in use",
      `SCHEMA_NOT_AS_IT_WAS ${B}: the schema is not as it was before (${LEFT}), and a person must act: its down has failed`,
    ]);
    expect(report.problems.at(-1)?.hint).toMatch(
      /^mend it by hand; this run has taken no backup, and this page says what then: docs\/runbooks\//,
    );
    expect((await recordsOf(report.deploymentId)).at(-1)).toMatchObject({
      step: "rollback-migrate",
      outcome: "failed",
      data: { stopped: { schemaBefore: BEFORE, changes: [LEFT] } },
    });
  });

  test("what somebody else has changed meanwhile does not go by the down, so it stops", async () => {
    world.migrations.meddling = "+ column public.a by_hand";
    const report = await runDeploy(world, SECOND);

    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21 });
    expect(report.problems.at(-1)?.says).toBe(
      "the schema is not as it was before (+ column public.a by_hand), and a person must act: " +
        "undone by 0002_b.down.sql, and then it failed",
    );
  });

  test("migrate up does the same, and tells the downs that ran", async () => {
    const config = aConfig();
    const report = await migrateUp({ config, environment: environmentOf(config) }, world.process().ports, {
      stop: NEVER,
      leave: NEVER,
    });

    expect(report).toMatchObject({
      outcome: "failed",
      exitCode: 20,
      stayed: [],
      undone: ["0002_b.down.sql"],
      schemaBefore: BEFORE,
      schemaAfter: BEFORE,
    });
    expect((await recordsOf(report.deploymentId)).map(({ step, outcome }) => [step, outcome])).toEqual([
      ["migrate", undefined],
      ["migrate", "failed"],
      ["rollback-migrate", undefined],
      ["rollback-migrate", "done"],
    ]);
  });

  test("migrate up stops where the down fails", async () => {
    world.migrations.downFailsAt = B;
    const config = aConfig();
    const report = await migrateUp({ config, environment: environmentOf(config) }, world.process().ports, {
      stop: NEVER,
      leave: NEVER,
    });

    expect(report).toMatchObject({ outcome: "left-different", exitCode: 21, undone: [] });
    expect(report.schemaAfter).toBe(`${BEFORE} ${LEFT}`);
  });
});

describe("a migration fails in its transaction", () => {
  beforeEach(() => {
    world.migrations.failsAt = B;
  });

  test("nothing more is undone", async () => {
    const report = await runDeploy(world, SECOND);
    expect(ending(report)).toMatchObject({ outcome: "rolled-back", exitCode: 20 });
    expect(report.steps.map(({ step }) => step)).not.toContain("rollback-migrate");
  });

  test("and the schema is another all the same: somebody else was there, and a person must act", async () => {
    world.migrations.meddling = "+ column public.a by_hand";
    const report = await runDeploy(world, SECOND);
    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21 });
    expect(report.problems.map(({ code, says }) => `${code}: ${says}`)).toEqual([
      'MIGRATION_FAILED: column "note" does not exist',
      "SCHEMA_NOT_AS_IT_WAS: the schema is not as it was before (+ column public.a by_hand), and a person must act: " +
        "its own transaction was undone, so somebody else changed the schema meanwhile",
    ]);
  });
});

describe("all ran, and the data has new defects", () => {
  beforeEach(() => {
    world.migrations.leaves = { [B]: ORPHANS };
  });

  test("what ran is undone by its downs, and traffic never moves", async () => {
    const report = await runDeploy(world, SECOND);

    expect(ending(report)).toMatchObject({ outcome: "rolled-back", exitCode: 20, running: FIRST.id });
    expect(report.problems).toMatchObject([{ at: "public.b" }]);
    expect(world.migrations.applied).toEqual([A]);
    expect(await recordsOf(report.deploymentId)).toMatchObject([
      { step: "migrate", phase: "intent" },
      { step: "migrate", outcome: "failed", data: { ran: [{ file: B }], stayed: [B] } },
      { step: "rollback-migrate", phase: "intent", data: { files: [B] } },
      { step: "rollback-migrate", outcome: "done", data: { schema: BEFORE, version: "0001_a" } },
    ]);
  });

  test("what ran stays where its down was not rehearsed, and a person must act", async () => {
    world.migrations.unrehearsed = [B];
    const report = await runDeploy(world, SECOND);

    expect(report).toMatchObject({ outcome: "rollback-failed", exitCode: 21 });
    expect(report.problems.at(-1)).toMatchObject({
      code: "SCHEMA_NOT_AS_IT_WAS",
      at: "database",
      says: expect.stringContaining(`what ran stays: ${B}; the down of ${B} has no rehearsal`) as string,
    });
    expect(world.migrations.applied).toEqual([A, B]);
  });

  test("migrate up tells that its downs undid it", async () => {
    const config = aConfig();
    const report = await migrateUp({ config, environment: environmentOf(config) }, world.process().ports, {
      stop: NEVER,
      leave: NEVER,
    });
    expect(report).toMatchObject({
      outcome: "failed",
      exitCode: 20,
      stayed: [],
      undone: ["0002_b.down.sql"],
      schemaAfter: BEFORE,
    });
  });
});

test("defects that were there before, and what could not be looked at, are told and stop nothing", async () => {
  world.migrations.data = { ...world.migrations.data, ...ORPHANS, unchecked: ["public.c: may not be read"] };
  const report = await runDeploy(world, SECOND);

  expect(report.outcome).toBe("deployed");
  const end = (await world.ledger.records(report.deploymentId ?? "")).find(
    ({ type, phase }) => type === "deployment" && phase === "outcome",
  );
  expect(end?.data["warnings"]).toEqual([
    expect.stringMatching(/^public\.b .*; it did before this run, too$/),
    "not checked: public.c: may not be read",
  ]);
});

test.each(["before", "after"] as const)(
  "killed at any call of an undoing, %s it had its effect, the next run goes all the way back",
  { timeout: 60_000 },
  async (when) => {
    const aWorld = async () => {
      const fresh = new World();
      await runDeploy(fresh, fresh.publish(FIRST));
      fresh.publish(SECOND);
      fresh.migrations.outside = [B];
      fresh.migrations.failsAt = B;
      fresh.migrations.leavesBehind = LEFT;
      return fresh;
    };
    const whole = await aWorld();
    const process = whole.process();
    let begins = 0;
    whole.onStep = (step) => (begins = step === "migrate" ? process.calls() : begins);
    await runDeploy(whole, SECOND, { process });

    for (let at = begins; at <= process.calls(); at += 1) {
      const killed = await aWorld();
      void runDeploy(killed, SECOND, { process: killed.process({ at, when }) }).catch(() => undefined);
      for (let turn = 0; turn < 400; turn += 1) await new Promise((resolve) => setImmediate(resolve));

      const { outcome, running } = await runDeploy(killed, SECOND);
      expect({ at, outcome, running, schema: await killed.migrations.schema() }).toEqual({
        at,
        outcome: "rolled-back",
        running: FIRST.id,
        schema: BEFORE,
      });
      expect(await killed.ledger.current()).toBeUndefined();
    }
  },
);
