import { expect, test } from "vitest";
import { migrateDown } from "../../src/actions/migrate-down.ts";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import { describeMigrateReport } from "../../src/core/migration/report.ts";
import { aConfig, environmentOf } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { World } from "../fakes/world.ts";

const NEVER = new AbortController().signal;
const signals = { stop: NEVER, leave: NEVER };

test("goes down under the lease and on the record", async () => {
  const world = new World();
  const files = ["0001_a.up.sql", "0002_b.up.sql"];
  world.publish(aRelease(1, { migrations: files.map((file) => ({ file, sha256: "a".repeat(64) })) }));
  const config = aConfig();
  const request = { config, environment: environmentOf(config) };
  await migrateUp(request, world.process().ports, signals);

  const report = await migrateDown(request, { count: 1 }, world.process().ports, signals);
  expect(report).toMatchObject({
    outcome: "reverted",
    ran: [{ file: "0002_b.down.sql", seconds: 0.1 }],
    schemaAfter: "schema after 0001_a.up.sql",
    problems: [],
    exitCode: 0,
  });
  expect(describeMigrateReport(report)).toContain("went down in the database of diary in local");
  const { ports } = world.process();
  const records = await ports.journal.records(report.deploymentId ?? "");
  expect(records.map(({ phase, outcome, data }) => ({ phase, outcome, data }))).toEqual([
    {
      phase: "intent",
      outcome: undefined,
      data: {
        direction: "down",
        target: { count: 1 },
        stays: "0001_a",
        applied: 2,
        schema: "schema after 0001_a.up.sql, 0002_b.up.sql",
      },
    },
    {
      phase: "outcome",
      outcome: "done",
      data: {
        direction: "down",
        ran: [
          {
            file: "0002_b.down.sql",
            seconds: 0.1,
            attempts: 1,
            upSha256: "a".repeat(64),
            downSha256: "d".repeat(64),
            renderedSha256: "e".repeat(64),
            schemaBefore: null,
            schemaAfter: null,
          },
        ],
        failed: null,
        stayed: [],
        left: [],
        versionBefore: "0002_b",
        version: "0001_a",
        schemaBefore: "schema after 0001_a.up.sql, 0002_b.up.sql",
        schema: "schema after 0001_a.up.sql",
        backup: null,
        seconds: 0,
      },
    },
  ]);
  expect(await ports.leases.current("diary", "local")).toBeUndefined();
});
