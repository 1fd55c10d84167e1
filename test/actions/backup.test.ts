import { describe, expect, test } from "vitest";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import type { Config } from "../../src/core/config/types.ts";
import { aConfigWith, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";
import { builtWith, ending, runDeploy, runPlan } from "./run.ts";

const NEVER = new AbortController().signal;
const FILE = { file: "0001_a.up.sql", sha256: "a".repeat(64) };
const SNAPSHOT = { kind: "rds-snapshot", instance: "diary" } as const;

const release = aRelease(1, { migrations: [FILE] });

function safe(): Config {
  return aConfigWith({ backup: SNAPSHOT });
}

/** The policy that production on AWS has when nobody has written one. */
function undecided(): Config {
  const config = safe();
  const local = environmentOf(config);
  const policy = { ...local.policy, backup: { kind: "undecided" } as const };
  return { ...config, environments: { local: { ...local, policy } } };
}

function aWorld(): World {
  const world = new World();
  world.publish(release);
  return world;
}

const stepsOf = (report: { readonly steps: readonly { readonly step: string }[] }) =>
  report.steps.map(({ step }) => step);

async function recordsOf(world: World, deploymentId: string | null) {
  const records = await world.process().ports.journal.records(deploymentId ?? "");
  return records
    .filter(({ step }) => step === "backup")
    .map(({ phase, outcome, data }) => ({ phase, outcome, data }));
}

describe("a deployment with pending migrations, where a backup is demanded", () => {
  test("takes it before it migrates, and has it on record with the way back", async () => {
    const world = aWorld();
    const report = await runDeploy(world, release, { config: safe() });

    expect(report.outcome).toBe("deployed");
    const order = stepsOf(report);
    expect(order.indexOf("backup")).toBe(order.indexOf("migrate") - 1);
    const name = `diary-local-${report.deploymentId}`;
    expect(world.backups.taken).toEqual([
      {
        policy: { kind: "rds-snapshot", of: "instance", identifier: "diary", timeoutSeconds: 1800 },
        name,
        url: expect.anything() as object,
        signal: expect.anything() as object,
      },
    ]);
    expect(await recordsOf(world, report.deploymentId)).toEqual([
      { phase: "intent", outcome: undefined, data: {} },
      {
        phase: "outcome",
        outcome: "done",
        data: {
          backup: {
            kind: "rds-snapshot",
            id: `arn:${name}`,
            snapshot: name,
            of: "instance",
            identifier: "diary",
            engine: "postgres 16.4",
            takenAt: "2026-01-01T00:00:00.000Z",
            takenSeconds: 60,
            window: { earliest: "2025-12-25T00:00:00.000Z", latest: "2025-12-31T23:55:00.000Z" },
          },
          restore: `aws rds restore-db-instance-from-db-snapshot --db-instance-identifier diary-restored --db-snapshot-identifier ${name}`,
        },
      },
    ]);
  });

  test("does not start without it: exit 11, nothing migrated, nothing moved", async () => {
    const world = aWorld();
    world.backups.refuses = "the disk is full";
    const report = await runDeploy(world, release, { config: safe() });

    expect(ending(report)).toEqual({
      outcome: "refused",
      exitCode: 11,
      running: null,
      problems: ["BACKUP_FAILED backup: the disk is full"],
    });
    expect(world.migrations.applied).toEqual([]);
    expect(world.serving).toBeUndefined();
    const [, outcome] = await recordsOf(world, report.deploymentId);
    expect(outcome).toMatchObject({ outcome: "failed", data: { problems: [{ code: "BACKUP_FAILED" }] } });
  });

  test("does not start when nobody has said which", async () => {
    const world = aWorld();
    const report = await runDeploy(world, release, { config: undecided() });

    expect(ending(report)).toMatchObject({
      outcome: "refused",
      exitCode: 11,
      problems: [
        "BACKUP_UNDECIDED environments/local/backup: migrations are pending and nothing says how this database is backed up",
      ],
    });
    expect(world.migrations.applied).toEqual([]);
    const planned = await runPlan(aWorld(), release, { config: undecided() });
    expect(planned).toMatchObject({ problems: [{ code: "BACKUP_UNDECIDED" }] });
  });

  test("says how to restore it when a migration fails and leaves another schema", async () => {
    const second = { ...FILE, file: "0002_b.up.sql" };
    const world = new World();
    const both = world.publish(aRelease(1, { migrations: [FILE, second] }));
    world.migrations.failsAt = second.file;
    await runDeploy(world, both, { config: safe() });

    const advice = world.told.filter((line) => line.startsWith("to go back to the backup"));
    expect(advice).toEqual([
      expect.stringMatching(
        /^to go back to the backup arn:diary-local-\S+: aws rds restore-db-instance-from-db-snapshot .*roll-back-or-forward\.md\)$/,
      ),
    ]);
  });

  test("says nothing of it when the failed migration has undone itself", async () => {
    const world = aWorld();
    world.migrations.failsAt = FILE.file;
    await runDeploy(world, release, { config: safe() });

    expect(world.told.filter((line) => line.includes("to go back to the backup"))).toEqual([]);
  });
});

test("a deployment without pending migrations takes none", async () => {
  const world = aWorld();
  const config = safe();
  await runDeploy(world, release, { config });
  const next = world.publish(aRelease(2, { migrations: [FILE] }));
  const report = await runDeploy(world, next, { config });

  expect(report.outcome).toBe("deployed");
  expect(stepsOf(report)).not.toContain("backup");
  expect(world.backups.taken).toHaveLength(1);
});

test("a deployment to an environment that demands none takes none", async () => {
  const world = aWorld();
  const report = await runDeploy(world, release);

  expect(report.outcome).toBe("deployed");
  expect(stepsOf(report)).not.toContain("backup");
  expect(world.backups.taken).toEqual([]);
});

describe("migrate up, where a backup is demanded", () => {
  const up = (world: World, config: Config) =>
    migrateUp({ config, environment: environmentOf(config) }, world.process().ports, {
      stop: NEVER,
      leave: NEVER,
    });

  test("takes it first, on the same record", async () => {
    const world = aWorld();
    const report = await up(world, safe());

    expect(report.outcome).toBe("migrated");
    expect(world.backups.taken).toHaveLength(1);
    const records = await world.process().ports.journal.records(report.deploymentId ?? "");
    expect(records.map(({ step, phase, outcome }) => [step, phase, outcome])).toEqual([
      ["backup", "intent", undefined],
      ["backup", "outcome", "done"],
      ["migrate", "intent", undefined],
      ["migrate", "outcome", "done"],
    ]);
  });

  test("is refused without it, and migrates nothing", async () => {
    const world = aWorld();
    world.backups.refuses = "the disk is full";
    const report = await up(world, safe());

    expect(report).toMatchObject({
      outcome: "refused",
      exitCode: 11,
      problems: [{ code: "BACKUP_FAILED", says: "the disk is full" }],
    });
    expect(world.migrations.applied).toEqual([]);
    expect(await recordsOf(world, report.deploymentId)).toMatchObject([
      { phase: "intent" },
      { phase: "outcome", outcome: "failed" },
    ]);
  });

  test("needs none when nothing is pending", async () => {
    const world = aWorld();
    const config = safe();
    await up(world, config);
    expect((await up(world, config)).outcome).toBe("nothing-to-do");
    expect(world.backups.taken).toHaveLength(1);
  });
});

test("a release is built with the config that says how it is backed up", () => {
  expect(builtWith(safe(), release).configSha256).not.toBe(builtWith(aConfigWith({}), release).configSha256);
});
