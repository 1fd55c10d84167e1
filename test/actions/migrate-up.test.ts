import { describe, expect, test } from "vitest";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import { describeMigrateReport } from "../../src/core/migration/report.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";

const NEVER = new AbortController().signal;

function aWorld(...files: string[]): World {
  const world = new World();
  world.publish(aRelease(1, { migrations: files.map((file) => ({ file, sha256: "a".repeat(64) })) }));
  return world;
}

function run(world: World, stop: AbortSignal = NEVER, config = aConfig()) {
  return migrateUp({ config, environment: environmentOf(config) }, world.process().ports, {
    stop,
    leave: NEVER,
  });
}

function recorded({ file, seconds }: { readonly file: string; readonly seconds: number }) {
  return {
    file,
    seconds,
    attempts: 1,
    upSha256: "a".repeat(64),
    downSha256: "d".repeat(64),
    renderedSha256: "e".repeat(64),
    schemaBefore: null,
    schemaAfter: `schema after ${file}`,
  };
}

describe("migrate up", () => {
  test("its record is kept outside of the ledger, and where it cannot be, what ran is told with that", async () => {
    const world = aWorld("0001_a.up.sql");
    await run(world);
    expect(world.checkpoints.covered).toBe(world.ledger.appended.length);

    const unreachable = aWorld("0001_a.up.sql");
    unreachable.checkpoints.answers = false;
    expect(await run(unreachable)).toMatchObject({
      outcome: "migrated",
      warnings: [
        "what ran is on record, and the record is not kept outside of the ledger yet: does not answer",
      ],
      exitCode: 0,
    });
  });

  test("applies what is pending, under the lease and on the record", async () => {
    const world = aWorld("0001_a.up.sql", "0002_b.up.sql");
    const report = await run(world);

    const ran = [
      { file: "0001_a.up.sql", seconds: 0.1 },
      { file: "0002_b.up.sql", seconds: 0.1 },
    ];
    expect(report).toEqual({
      outcome: "migrated",
      app: "diary",
      environment: "local",
      deploymentId: expect.any(String) as string,
      ran,
      stayed: [],
      undone: [],
      warnings: [],
      schemaBefore: "schema after ",
      schemaAfter: "schema after 0001_a.up.sql, 0002_b.up.sql",
      problems: [],
      exitCode: 0,
    });
    const { ports } = world.process();
    const records = await ports.journal.records(report.deploymentId ?? "");
    expect(records.map(({ step, phase, outcome, data }) => ({ step, phase, outcome, data }))).toEqual([
      {
        step: "migrate",
        phase: "intent",
        outcome: undefined,
        data: {
          pending: ["0001_a.up.sql", "0002_b.up.sql"].map((file) => ({ file, sha256: "a".repeat(64) })),
          schema: report.schemaBefore,
        },
      },
      {
        step: "migrate",
        phase: "outcome",
        outcome: "done",
        data: {
          direction: "up",
          ran: ran.map(recorded),
          failed: null,
          stayed: [],
          left: [],
          versionBefore: null,
          version: "0002_b",
          schemaBefore: report.schemaBefore,
          schema: report.schemaAfter,
          backup: null,
          seconds: 0,
        },
      },
    ]);
    expect(await ports.leases.current("diary", "local")).toBeUndefined();
    expect(world.migrations.opened).toBe(0);
  });

  test("records nothing when there is nothing to do", async () => {
    const world = aWorld();
    const report = await run(world);
    expect(report).toMatchObject({ outcome: "nothing-to-do", deploymentId: null, exitCode: 0 });
    expect(describeMigrateReport(report)).toBe(
      "nothing to do: the database of diary in local has every migration\n  the schema is unchanged (schema after)",
    );
  });

  test("changes nothing when a file was edited after it ran", async () => {
    const world = aWorld("0001_a.up.sql");
    world.migrations.refuses = "0001_a.up.sql";
    expect(await run(world)).toMatchObject({
      outcome: "refused",
      problems: [{ code: "MIGRATION_EDITED" }],
      exitCode: 11,
    });
    expect(world.migrations.applied).toEqual([]);
  });

  test("says which one failed and what stays, and records it", async () => {
    const world = aWorld("0001_a.up.sql", "0002_b.up.sql");
    world.migrations.failsAt = "0002_b.up.sql";
    const report = await run(world);
    expect(report).toMatchObject({
      outcome: "failed",
      ran: [],
      stayed: ["0001_a.up.sql"],
      problems: [{ code: "MIGRATION_FAILED", at: "0002_b.up.sql" }],
      exitCode: 20,
    });
    const records = await world.process().ports.journal.records(report.deploymentId ?? "");
    expect(records.at(-1)).toMatchObject({ phase: "outcome", outcome: "failed" });
    expect(records.at(-1)?.data).toEqual({
      direction: "up",
      ran: [recorded({ file: "0001_a.up.sql", seconds: 0.1 })],
      failed: { ...recorded({ file: "0002_b.up.sql", seconds: 0.1 }), schemaAfter: null },
      stayed: ["0001_a.up.sql"],
      left: [],
      versionBefore: null,
      version: "0001_a",
      schemaBefore: "schema after ",
      schema: "schema after 0001_a.up.sql",
      backup: null,
      seconds: 0,
      problems: report.problems,
    });
  });

  test("refuses an app without a database", async () => {
    const { database: _none, ...config } = aConfig();
    await expect(run(aWorld(), NEVER, { ...config, database: undefined })).rejects.toMatchObject({
      exit: "usage",
      problems: [{ code: "DATABASE_NONE" }],
    });
  });
});
