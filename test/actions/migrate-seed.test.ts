import { describe, expect, test } from "vitest";
import { migrateSeed } from "../../src/actions/migrate-seed.ts";
import type { Config } from "../../src/core/config/types.ts";
import { aConfig, aConfigWith, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { FakeSeeds } from "../fakes/fake-seeds.ts";
import { World } from "../fakes/world.ts";

const NEVER = new AbortController().signal;
const SETS = {
  local: { "0001_rows.sql": "select b\nselect c" },
  reference: { "0001_rows.sql": "select a" },
};
const sha256 = "a".repeat(64);

interface Choice {
  readonly config?: Config;
  readonly name?: string;
  readonly asked?: readonly string[];
  readonly dryRun?: boolean;
  readonly stop?: AbortSignal;
}

function run(world: World, seeds: FakeSeeds, choice: Choice = {}) {
  const { config = aConfig(), name = "local", asked = [], dryRun = false, stop = NEVER } = choice;
  const environment = { ...environmentOf(config), name };
  const ports = { ...world.process().ports, seeds };
  return migrateSeed({ config, environment, asked, dryRun }, ports, { stop, leave: NEVER });
}

async function recordsOf(world: World, deploymentId: string | null) {
  const records = await world.process().ports.journal.records(deploymentId ?? "");
  return records.map(({ step, phase, outcome, data, fence }) => ({ step, phase, outcome, data, fence }));
}

const wrote = (inserted: number) => [{ table: "t", inserted, updated: 0, deleted: 0 }];
const FILES = [
  { file: "reference/0001_rows.sql", sha256, seconds: 0.1, wrote: wrote(1) },
  { file: "local/0001_rows.sql", sha256, seconds: 0.1, wrote: wrote(2) },
];

describe("migrate seed", () => {
  test("brings in what the environment gets, under the lease and on the record", async () => {
    const world = new World();
    const seeds = new FakeSeeds(SETS);
    const report = await run(world, seeds);

    expect(report).toEqual({
      outcome: "seeded",
      app: "diary",
      environment: "local",
      deploymentId: expect.any(String) as string,
      dryRun: false,
      sets: ["reference", "local"],
      files: FILES,
      wrote: wrote(3),
      problems: [],
      exitCode: 0,
    });
    expect(await recordsOf(world, report.deploymentId)).toEqual([
      {
        step: "seed",
        phase: "intent",
        outcome: undefined,
        data: {
          sets: ["reference", "local"],
          keep: true,
          files: FILES.map(({ file }) => ({ file, sha256 })),
        },
        fence: 1,
      },
      {
        step: "seed",
        phase: "outcome",
        outcome: "done",
        data: { kind: "applied", keep: true, files: FILES },
        fence: 1,
      },
    ]);
    expect([...seeds.rows]).toEqual(["select a", "select b", "select c"]);
    expect(await world.process().ports.leases.current("diary", "local")).toBeUndefined();
    expect(seeds.opened).toBe(0);
    expect(world.migrations.opened).toBe(0);
  });

  test("has nothing to do the second time", async () => {
    const world = new World();
    const seeds = new FakeSeeds(SETS);
    await run(world, seeds);
    expect(await run(world, seeds)).toMatchObject({ outcome: "nothing-to-do", wrote: [], exitCode: 0 });
  });

  test("brings in only the set that is asked for", async () => {
    const seeds = new FakeSeeds(SETS);
    expect(await run(new World(), seeds, { asked: ["local"] })).toMatchObject({
      outcome: "seeded",
      sets: ["local"],
    });
    expect([...seeds.rows]).toEqual(["select b", "select c"]);
  });

  test("a dry run says what it would write, and writes nothing", async () => {
    const world = new World();
    const seeds = new FakeSeeds(SETS);
    const report = await run(world, seeds, { dryRun: true });
    expect(report).toMatchObject({ outcome: "would-seed", dryRun: true, wrote: wrote(3), exitCode: 0 });
    expect(seeds.rows.size).toBe(0);
    expect((await recordsOf(world, report.deploymentId)).map(({ data }) => data["keep"])).toEqual([
      false,
      false,
    ]);
  });

  test("takes no lease where there is nothing to bring in", async () => {
    const world = new World();
    expect(await run(world, new FakeSeeds())).toMatchObject({
      outcome: "nothing-to-do",
      sets: [],
      deploymentId: null,
      exitCode: 0,
    });
    expect(world.told).toEqual([]);
  });
});

describe("refuses before anything runs", () => {
  test("in production everything but reference, whatever a config says", async () => {
    const world = new World();
    const seeds = new FakeSeeds({ ...SETS, production: { "0001_rows.sql": "select d" } });
    expect(await run(world, seeds, { name: "production", asked: ["local"] })).toMatchObject({
      outcome: "refused",
      problems: [{ code: "SEED_NOT_FOR_PRODUCTION", at: "local" }],
      deploymentId: null,
      exitCode: 10,
    });
    expect(world.told).toEqual([]);

    expect(await run(world, seeds, { name: "production" })).toMatchObject({ sets: ["reference"] });
    expect([...seeds.rows]).toEqual(["select a"]);
  });

  test("a set that the environment does not get", async () => {
    expect(await run(new World(), new FakeSeeds(SETS), { asked: ["practice"] })).toMatchObject({
      outcome: "refused",
      problems: [{ code: "SEED_SET_NOT_GIVEN" }],
      exitCode: 2,
    });
  });

  test("files that are no seeds, all at once", async () => {
    const seeds = new FakeSeeds({
      reference: { "README.md": "notes", "0001_rows.sql": "create table t ()" },
      local: { "0001_a.sql": undefined },
    });
    expect(await run(new World(), seeds)).toMatchObject({
      outcome: "refused",
      problems: [
        { code: "SEED_NAME", at: "reference/README.md" },
        { code: "SEED_STATEMENT", at: "reference/README.md:1" },
        { code: "SEED_STATEMENT", at: "reference/0001_rows.sql:1" },
        { code: "SEED_NOT_TEXT", at: "local/0001_a.sql" },
      ],
      exitCode: 11,
    });
  });

  test("a database that has not had its migrations, and one whose files do not fit", async () => {
    const world = new World();
    const seeds = new FakeSeeds(SETS);
    world.publish(aRelease(1, { migrations: [{ file: "0001_a.up.sql", sha256 }] }));
    expect(await run(world, seeds)).toMatchObject({
      outcome: "refused",
      problems: [{ code: "SEED_BEFORE_MIGRATIONS", hint: "run: slipway migrate up --env=local" }],
      exitCode: 11,
    });
    world.migrations.refuses = "0001_a.up.sql";
    expect(await run(world, seeds)).toMatchObject({ problems: [{ code: "MIGRATION_EDITED" }], exitCode: 11 });
    expect(seeds.rows.size).toBe(0);
    expect(await world.process().ports.leases.current("diary", "local")).toBeUndefined();
  });

  test("an app without a database", async () => {
    const config = { ...aConfig(), database: undefined };
    await expect(run(new World(), new FakeSeeds(), { config })).rejects.toMatchObject({
      exit: "usage",
      problems: [{ code: "DATABASE_NONE" }],
    });
  });
});

describe("a run that fails", () => {
  test("is on the record, and is rolled back", async () => {
    const world = new World();
    const seeds = new FakeSeeds(SETS);
    seeds.fails = "local/0001_rows.sql";
    const report = await run(world, seeds);
    expect(report).toMatchObject({
      outcome: "failed",
      files: [],
      problems: [{ code: "SEED_NOT_IDEMPOTENT", at: "local/0001_rows.sql" }],
      exitCode: 20,
    });
    expect((await recordsOf(world, report.deploymentId)).at(-1)).toMatchObject({
      phase: "outcome",
      outcome: "failed",
      data: { kind: "failed", keep: true, problem: { code: "SEED_NOT_IDEMPOTENT" } },
    });
  });

  test("as a dry run is a check that failed", async () => {
    const seeds = new FakeSeeds(SETS);
    seeds.fails = "local/0001_rows.sql";
    expect(await run(new World(), seeds, { dryRun: true })).toMatchObject({
      outcome: "failed",
      exitCode: 12,
    });
  });

  test("because it was told to stop is interrupted", async () => {
    const stop = new AbortController();
    const seeds = new FakeSeeds(SETS);
    seeds.fails = "local/0001_rows.sql";
    seeds.onKeep = () => stop.abort();
    expect(await run(new World(), seeds, { stop: stop.signal })).toMatchObject({
      outcome: "interrupted",
      exitCode: 40,
    });
  });
});

describe("where a backup is demanded", () => {
  const config = aConfigWith({ backup: { kind: "pg_dump", folder: "backups" } });
  const steps = async (world: World, id: string | null) =>
    (await recordsOf(world, id)).map(({ step, phase, data }) => [step, phase, data["keep"] ?? null]);

  test("it is taken when rows would be written, before they are", async () => {
    const world = new World();
    const seeds = new FakeSeeds(SETS);
    const report = await run(world, seeds, { config });
    expect(report).toMatchObject({ outcome: "seeded", exitCode: 0 });
    expect(await steps(world, report.deploymentId)).toEqual([
      ["seed", "intent", false],
      ["seed", "outcome", false],
      ["backup", "intent", null],
      ["backup", "outcome", null],
      ["seed", "intent", true],
      ["seed", "outcome", true],
    ]);

    const again = await run(world, seeds, { config });
    expect(again).toMatchObject({ outcome: "nothing-to-do" });
    expect(await steps(world, again.deploymentId)).toEqual([
      ["seed", "intent", false],
      ["seed", "outcome", false],
    ]);
  });

  test("nothing is written when it cannot be had", async () => {
    const world = new World();
    const seeds = new FakeSeeds(SETS);
    const undecided = aConfig();
    const environment = environmentOf(undecided);
    const policy = { ...environment.policy, backup: { kind: "undecided" } as const };
    const config = { ...undecided, environments: { local: { ...environment, policy } } };
    expect(await run(world, seeds, { config })).toMatchObject({
      outcome: "refused",
      problems: [{ code: "BACKUP_UNDECIDED" }],
      exitCode: 11,
    });
    expect(seeds.rows.size).toBe(0);
  });
});
