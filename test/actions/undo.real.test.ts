import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { migrateUp } from "../../src/actions/migrate-up.ts";
import type { DeploymentPorts } from "../../src/actions/deployment-ports.ts";
import { openInspection } from "../../src/adapters/postgres/open-inspection.ts";
import { openMigrations } from "../../src/adapters/postgres/open-migrations.ts";
import { describeMigrateReport } from "../../src/core/migration/report.ts";
import { Secret } from "../../src/core/secret.ts";
import { aConfigWith, environmentOf } from "../builders/a-config.ts";
import { aMigrationFolder } from "../adapters/postgres/a-migration-folder.ts";
import { World } from "../fakes/world.ts";
import { useDatabase } from "../support/postgres.ts";

const database = useDatabase();
const NEVER = new AbortController().signal;
const SHA256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

/** A world whose database is a real one. */
function onRealDatabase(world: World): DeploymentPorts {
  const { ports } = world.process();
  const read = async (name: string) => new Secret(name, database.url);
  return { ...ports, openMigrations, openInspection, secrets: { ...ports.secrets, read } };
}

test("a real migration that cannot be undone stops migrate up with exit 21 and the way back, all of it on record", async () => {
  const folder = await aMigrationFolder({
    "0001_days": [
      `create table days (day int) partition by range (day);
       create table days_1 partition of days for values from (1) to (2)`,
      "drop table days",
    ],
  });
  const client = await database.connect();
  const world = new World();
  const policy = { backup: { kind: "rds-snapshot", instance: "diary" } } as const;
  const base = aConfigWith(policy);
  const config = { ...base, database: { ...base.database, migrations: folder } } as typeof base;
  const up = () =>
    migrateUp({ config, environment: environmentOf(config) }, onRealDatabase(world), {
      stop: NEVER,
      leave: NEVER,
    });

  expect(await up()).toMatchObject({ outcome: "migrated" });
  await writeFile(
    join(folder, "0002_detach.up.sql"),
    "-- slipway: no-transaction, statement-timeout=1s\nalter table days detach partition days_1 concurrently",
  );
  await writeFile(join(folder, "0002_detach.down.sql"), "alter table days detach partition days_1 finalize");
  // Detaching waits for this session in the middle, and is given up.
  const reader = await database.connect();
  await reader.query("begin; select from days");
  const report = await up();
  await reader.query("rollback");

  expect(report).toMatchObject({
    outcome: "left-different",
    exitCode: 21,
    stayed: [],
    undone: [],
    problems: [
      { at: "0002_detach.up.sql" },
      {
        code: "SCHEMA_NOT_AS_IT_WAS",
        at: "0002_detach.up.sql",
        hint: expect.stringContaining("aws rds restore-db-instance-from-db-snapshot") as string,
      },
    ],
  });
  expect(describeMigrateReport(report)).toMatch(
    /^the schema of the database of diary in local is not as it was: look now\n {2}the schema went from /,
  );
  const records = await world.ledger.records(report.deploymentId ?? "");
  const migrated = { upSha256: SHA256, downSha256: SHA256, renderedSha256: SHA256, attempts: 1 };
  expect(records.at(-1)).toMatchObject({
    step: "migrate",
    outcome: "failed",
    data: {
      direction: "up",
      ran: [],
      failed: { file: "0002_detach.up.sql", ...migrated, schemaBefore: null, schemaAfter: null },
      stayed: [],
      left: expect.arrayContaining([expect.stringContaining("days_1")]) as string[],
      versionBefore: "0001_days",
      version: "0001_days",
      schemaBefore: report.schemaBefore,
      schema: report.schemaAfter,
      backup: expect.stringMatching(/^arn:/) as string,
      seconds: expect.any(Number) as number,
      stopped: { schemaBefore: report.schemaBefore, schema: report.schemaAfter },
    },
  });

  // The next run is told of the drift, and says the same again as long as nobody has acted.
  const again = await up();
  expect(world.told.join("\n")).toContain("the database differs from what 0001_days left");
  expect(again).toMatchObject({ outcome: "left-different", exitCode: 21 });
  await client.query("alter table days detach partition days_1 finalize");
  await client.query("alter table days attach partition days_1 for values from (1) to (2)");
  await client.query("alter table days_1 drop constraint days_1_day_check");
  expect(await up()).toMatchObject({ outcome: "migrated", exitCode: 0 });
});
