import { beforeEach, describe, expect, test } from "vitest";
import { migrateDown } from "../../src/actions/migrate-down.ts";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import { status } from "../../src/actions/status.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import type { DownTarget } from "../../src/core/migration/choose-down.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World, type FakeProcess } from "../fakes/world.ts";
import { runDeploy, runPlan, runResume } from "./run.ts";

const NEVER = new AbortController().signal;
const A = "0001_entries.up.sql";
const B = "0002_b.up.sql";
const C = "0003_c.up.sql";
const V1 = aRelease(1);
const V2 = aRelease(2, {
  migrations: [...V1.migrations, { file: B, sha256: "b".repeat(64) }, { file: C, sha256: "c".repeat(64) }],
});
const config = aConfig();
const request = { config, environment: environmentOf(config) };
const AT = expect.any(String) as string;
const UP = "slipway migrate up --env=local";

let world: World;
beforeEach(async () => {
  world = new World();
  await runDeploy(world, world.publish(V1));
  world.publish(V2);
});

interface Run {
  readonly stop?: AbortSignal;
  readonly process?: FakeProcess;
}

function up({ stop = NEVER, process = world.process() }: Run = {}) {
  return migrateUp(request, process.ports, { stop, leave: NEVER });
}

function down(target: DownTarget, { stop = NEVER, process = world.process() }: Run = {}) {
  return migrateDown(request, target, process.ports, { stop, leave: NEVER });
}

/** What status says of the database. */
async function left() {
  const { schemaLeft, migrationLeft } = await status(request, world.process().ports);
  return { schemaLeft, migrationLeft };
}

const NOTHING = { schemaLeft: null, migrationLeft: null };

/** Kills a process while its migrations run, before they did anything or when all had run. */
async function killed(
  verb: "apply" | "revert",
  did: "nothing" | "all",
  run: (process: FakeProcess) => Promise<unknown>,
): Promise<void> {
  const kill = { at: Infinity, when: "after" as const };
  const process = world.process(kill);
  const { migrations } = world;
  const real = migrations[verb].bind(migrations);
  migrations[verb] = (order: never) => {
    kill.at = process.calls();
    return did === "all" ? real(order) : Promise.resolve({ kind: "applied", ran: [] });
  };
  void run(process).catch(() => undefined);
  for (let turn = 0; turn < 400; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  migrations[verb] = real;
}

/** Until the lease of a dead holder has expired. */
const laterOn = () => world.clock.sleep(60_000);

describe("migrate up was killed", () => {
  beforeEach(() => killed("apply", "nothing", (process) => up({ process })));

  test("as long as its lease is held it may be under way, and the lease says so", async () => {
    expect(await left()).toEqual(NOTHING);
    expect((await status(request, world.process().ports)).lease).toMatchObject({ purpose: "migrate up" });
  });

  test("then status says which run, what it meant to do, and the command that goes on with it", async () => {
    await laterOn();
    expect(await left()).toEqual({
      schemaLeft: null,
      migrationLeft: {
        deploymentId: "deployment-2",
        run: "migrate up",
        how: "not ended",
        at: AT,
        actor: world.caller.actor,
        left: `nobody knows how far it came (${B}, ${C})`,
        next: UP,
      },
    });
  });

  test("plan and deploy tell it, and the deployment that migrates ends it", async () => {
    await laterOn();
    const told = `migrate up deployment-2, not ended: nobody knows how far it came (${B}, ${C}) (${UP})`;
    await runPlan(world, V2);
    expect(world.told).toContain(told);
    world.told.length = 0;
    expect(await runDeploy(world, V2)).toMatchObject({ outcome: "deployed" });
    expect(world.told).toContain(told);
    expect(await left()).toEqual(NOTHING);
  });

  test("a deployment with nothing to do tells it, and so does resume, which leaves it", async () => {
    await laterOn();
    const told = expect.stringContaining("migrate up deployment-2, not ended") as string;
    expect(await runDeploy(world, world.publish(V1))).toMatchObject({ outcome: "nothing-to-do" });
    expect(world.told).toContainEqual(told);
    world.told.length = 0;
    expect(await runResume(world)).toMatchObject({ outcome: "nothing-to-do" });
    expect(world.told).toContainEqual(told);
    expect((await left()).migrationLeft).not.toBeNull();
  });

  test("the same command again ends it", async () => {
    await laterOn();
    expect(await up()).toMatchObject({ outcome: "migrated" });
    expect(await left()).toEqual(NOTHING);
  });

  test("a run that was refused before anything ran does not", async () => {
    await laterOn();
    world.migrations.refuses = A;
    expect(await up()).toMatchObject({ outcome: "refused" });
    expect((await left()).migrationLeft).toMatchObject({ deploymentId: "deployment-2" });
  });

  test("one that failed in its transaction does: it says itself how it ended", async () => {
    await laterOn();
    world.migrations.failsAt = B;
    expect(await up()).toMatchObject({ outcome: "failed" });
    expect(await left()).toEqual(NOTHING);
  });
});

test("migrate up that was killed when all had run ends with the next one, which finds nothing to do and says so on record", async () => {
  await killed("apply", "all", (process) => up({ process }));
  await laterOn();
  expect((await left()).migrationLeft).toMatchObject({ run: "migrate up", how: "not ended", next: UP });

  expect(await up()).toMatchObject({ outcome: "nothing-to-do", exitCode: 0 });
  expect(await left()).toEqual(NOTHING);
  expect(world.checkpoints.covered).toBe(world.ledger.appended.length);
});

test("migrate up that was interrupted says what stays, and the same command ends it", async () => {
  world.migrations.failsAt = C;
  const stop = new AbortController();
  world.onStep = (step) => step === "migrate" && stop.abort();
  const report = await up({ stop: stop.signal });
  expect(report).toMatchObject({ outcome: "interrupted", exitCode: 40, stayed: [B] });

  const { deploymentId } = report;
  expect((await left()).migrationLeft).toMatchObject({
    deploymentId,
    how: "interrupted",
    left: `${C}: column "note" does not exist; what ran before it stays: ${B}`,
    next: UP,
  });
  world.migrations.failsAt = undefined;
  await up();
  expect(await left()).toEqual(NOTHING);
});

test("migrate up whose outcome nobody could ask for is told until a run has found out", async () => {
  const { migrations } = world;
  const real = migrations.apply.bind(migrations);
  const says = "the connection was lost";
  migrations.apply = () =>
    Promise.reject(
      new SlipwayError({ code: "MIGRATION_OUTCOME_UNKNOWN", at: B, says, hint: "again" }, "outcomeUnknown"),
    );
  await expect(up()).rejects.toMatchObject({ exit: "outcomeUnknown" });
  expect((await left()).migrationLeft).toMatchObject({
    how: "outcome unknown",
    left: `${B}: ${says}`,
    next: UP,
  });
  migrations.apply = real;
  await up();
  expect(await left()).toEqual(NOTHING);
});

describe("migrate down by a number was killed", () => {
  beforeEach(async () => {
    await up();
    await killed("revert", "all", (process) => down({ count: 1 }, { process }));
    await laterOn();
  });

  test("the next command names what stays: the number again would undo one more", async () => {
    const { migrationLeft } = await left();
    expect(migrationLeft).toMatchObject({
      run: "migrate down",
      how: "not ended",
      left: "nobody knows how far it came (down to 0002_b)",
      next: "slipway migrate down --env=local --to=0002_b",
    });
    expect(await down({ to: "0002_b" })).toMatchObject({ outcome: "nothing-to-do", exitCode: 0 });
    expect(world.migrations.applied).toEqual([A, B]);
    expect(await left()).toEqual(NOTHING);
  });

  test("migrate up, or a deployment, tells it before it goes up again", async () => {
    world.told.length = 0;
    await up();
    expect(world.told).toContainEqual(
      expect.stringMatching(/^migrate down deployment-3, not ended: /) as string,
    );
    expect(await left()).toEqual(NOTHING);
  });
});

test("migrate down by a number that is interrupted says itself which command goes on with it", async () => {
  await up();
  const stop = new AbortController();
  world.onStep = (step) => step === "migrate" && stop.abort();
  world.migrations.revert = () =>
    Promise.resolve({
      kind: "failed",
      problem: { code: "MIGRATION_INTERRUPTED", at: "", says: "stopped by a signal", hint: "again" },
      stayed: [],
    });
  const report = await down({ count: 3 }, { stop: stop.signal });
  expect(report).toMatchObject({
    outcome: "interrupted",
    problems: [{ hint: "slipway migrate down --env=local --to=nothing goes on with it" }],
  });
  expect((await left()).migrationLeft).toMatchObject({
    how: "interrupted",
    left: "stopped by a signal",
    next: "slipway migrate down --env=local --to=nothing",
  });
});

describe("migrate up ended with SCHEMA_NOT_AS_IT_WAS", () => {
  let stopped: Awaited<ReturnType<typeof up>>;
  beforeEach(async () => {
    world.migrations.outside = [B];
    world.migrations.failsAt = B;
    world.migrations.leavesBehind = "+ index public.t_by_a";
    world.migrations.downFailsAt = B;
    stopped = await up();
    world.migrations.downFailsAt = undefined;
  });

  test("status tells it as it does of a deployment", async () => {
    expect(stopped).toMatchObject({ outcome: "left-different", exitCode: 21 });
    expect(await left()).toEqual({
      schemaLeft: {
        deploymentId: stopped.deploymentId,
        run: "migrate up",
        at: AT,
        schemaBefore: `schema after ${A}`,
        problem: stopped.problems.at(-1),
      },
      migrationLeft: null,
    });
  });

  test.each<[string, () => Promise<unknown>]>([
    ["plan", () => runPlan(world, V2)],
    ["deploy", () => runDeploy(world, V2)],
    ["migrate up", () => up()],
  ])("%s is told of it", async (_verb, run) => {
    await run();
    expect(world.told).toContain(
      `migrate up ${stopped.deploymentId} has left this: ${stopped.problems.at(-1)?.says}`,
    );
  });

  test("resume says it again, exit 21, until a person has mended it; then it is on record and over", async () => {
    const appended = world.ledger.appended.length;
    expect(await runResume(world)).toMatchObject({
      outcome: "rollback-failed",
      exitCode: 21,
      release: V1.id,
      running: V1.id,
      problems: [stopped.problems.at(-1)],
    });
    expect(world.ledger.appended).toHaveLength(appended);

    world.migrations.mend();
    expect(await runResume(world)).toMatchObject({ outcome: "nothing-to-do", exitCode: 0, running: V1.id });
    expect(world.ledger.story().slice(appended)).toEqual([
      "rollback-migrate intent",
      "rollback-migrate done",
    ]);
    expect(await left()).toEqual(NOTHING);
  });

  test("so it is in an environment that was never deployed to", async () => {
    world = new World();
    world.publish(V1);
    Object.assign(world.migrations, { outside: [A], failsAt: A, leavesBehind: "+ x", downFailsAt: A });
    await up();
    expect(await runResume(world)).toMatchObject({ exitCode: 21, release: "", running: null });
    world.migrations.mend();
    expect(await runResume(world)).toMatchObject({ outcome: "nothing-to-do", exitCode: 0 });
    expect(await left()).toEqual(NOTHING);
  });

  test("the next run that migrates ends it", async () => {
    world.migrations.mend();
    world.migrations.failsAt = undefined;
    expect(await up()).toMatchObject({ outcome: "migrated" });
    expect(await left()).toEqual(NOTHING);
  });

  test("a run that finds the hash again and fails in its transaction ends it, too", async () => {
    world.migrations.mend();
    world.migrations.outside = [];
    expect(await up()).toMatchObject({ outcome: "failed" });
    expect(await left()).toEqual(NOTHING);
  });

  test("going down to where the database is, which runs nothing, does not end it", async () => {
    expect(await down({ to: "0001" })).toMatchObject({ outcome: "nothing-to-do" });
    expect((await left()).schemaLeft).toMatchObject({ deploymentId: stopped.deploymentId });
  });
});

test("a run that fails in its transaction does not end what the one before it has left", async () => {
  world.migrations.failsAt = B;
  world.migrations.meddling = "+ column public.a by_hand";
  const { deploymentId } = await up();
  world.migrations.meddling = undefined;
  expect(await up()).toMatchObject({ outcome: "failed" });
  expect(await left()).toMatchObject({ schemaLeft: { deploymentId }, migrationLeft: null });
  expect(await runDeploy(world, V2)).toMatchObject({ outcome: "rolled-back" });
  expect(await left()).toMatchObject({ schemaLeft: { deploymentId }, migrationLeft: null });
});

test("a deployment's stop is over when migrate up has migrated, and is not forgotten when a deployment is refused", async () => {
  world.migrations.outside = [B];
  world.migrations.failsAt = B;
  world.migrations.leavesBehind = "+ index public.t_by_a";
  world.migrations.downFailsAt = B;
  const failed = await runDeploy(world, V2);
  expect(failed).toMatchObject({ exitCode: 21 });

  // Refused: it never came to the database.
  world.migrations.refuses = A;
  expect(await runDeploy(world, V2)).toMatchObject({ outcome: "refused" });
  expect((await left()).schemaLeft).toMatchObject({ deploymentId: failed.deploymentId, run: "deployment" });

  Object.assign(world.migrations, { refuses: undefined, failsAt: undefined });
  world.migrations.mend();
  expect(await up()).toMatchObject({ outcome: "migrated" });
  expect(await left()).toEqual(NOTHING);
});

test("migrate up killed between its failure and the downs that undo it has not ended", async () => {
  world.migrations.leaves = { [B]: { orphans: [{ table: "b", constraint: "f", parent: "a", rows: 1 }] } };
  const kill = { at: Infinity, when: "after" as const };
  const process = world.process(kill);
  const { ledger } = world;
  const append = ledger.append.bind(ledger);
  ledger.append = async (entry, changes) => {
    if (entry.step === "migrate" && entry.outcome === "failed") kill.at = process.calls();
    return append(entry, changes);
  };
  void up({ process }).catch(() => undefined);
  await laterOn();
  await laterOn();
  expect((await left()).migrationLeft).toMatchObject({
    how: "not ended",
    left: `it failed, and nobody knows how far it was undone (${C}, ${B})`,
    next: UP,
  });
});
