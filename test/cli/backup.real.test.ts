import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BackupProof } from "../../src/core/backup/types.ts";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import { postgresInstallations } from "../../src/machine/postgres/binaries.ts";
import { startPostgres, type PostgresServer } from "../../src/machine/postgres/server.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { DeliveredApp } from "./delivered-app.ts";
import { slipway } from "./slipway.ts";

// Postgres from npm comes without pg_dump, so these need a Postgres that is installed on the machine.
const installed = postgresInstallations().find(({ folder }) => existsSync(join(folder, "bin", "pg_dump")));
if (installed === undefined) {
  process.stderr.write(
    "Deployments with a backup are not tested: no Postgres of this machine has a pg_dump\n",
  );
}

describe.skipIf(installed === undefined)("a deployment that backs the database up", () => {
  let server: PostgresServer;
  let app: DeliveredApp;
  let client: Client;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "slipway-test-postgres-"));
    const major = installed?.major;
    server = await startPostgres({
      folder,
      settings: { fsync: "off" },
      ...(major !== undefined && { major }),
    });
  }, 120_000);
  afterAll(() => server.remove());
  beforeEach(async () => {
    await onServer("create database diary");
    const url = server.url.replace(/\/[^/]*$/, "/diary");
    client = new Client({ connectionString: url });
    await client.connect();
    await client.query("create table before (id int); insert into before values (1), (2), (3)");
    app = await DeliveredApp.begin(url);
  });
  afterEach(async () => {
    await client.end();
    await app.close();
    await onServer("drop database diary with (force)");
  });

  async function onServer(statement: string): Promise<void> {
    const admin = new Client({ connectionString: server.url });
    await admin.connect();
    await admin.query(statement);
    await admin.end();
  }

  function backUp(backup: NonNullable<WrittenConfig["environments"][string]["backup"]>): void {
    const written = aWrittenConfig();
    const local = {
      cloud: "local" as const,
      ...written.environments["local"],
      smokeTimeoutSeconds: 2,
      backup,
    };
    app.configure({ ...written, environments: { local } });
  }

  async function recorded(): Promise<readonly BackupProof[]> {
    const { rows } = await client.query<{ backup: BackupProof }>(
      `select record::jsonb -> 'entry' -> 'data' -> 'backup' as backup from slipway_ledger.records
       where record::jsonb -> 'entry' ->> 'step' = 'backup' and record::jsonb -> 'entry' ->> 'outcome' = 'done' order by seq`,
    );
    return rows.map(({ backup }) => backup);
  }

  const deploy = async () =>
    slipway(["deploy", "--env=local", `--release=${await app.publish(1)}`, "--json"], app.env, app.folder);

  test("by pg_dump dumps it, restores it once, records it, and only then migrates", async () => {
    backUp({ kind: "pg_dump", folder: "backups" });
    const ran = await deploy();

    expect({ code: ran.code, stderr: ran.code === 0 ? "" : ran.stderr }).toEqual({ code: 0, stderr: "" });
    const steps = (JSON.parse(ran.stdout) as { steps: { step: string }[] }).steps.map(({ step }) => step);
    expect(steps.slice(steps.indexOf("verify"))).toEqual(
      expect.arrayContaining(["verify", "backup", "migrate", "stage"]),
    );
    const [proof] = await recorded();
    expect(proof).toMatchObject({ kind: "pg_dump", reused: false });
    const files = await readdir(join(app.folder, "backups"));
    expect(files.toSorted()).toEqual([proof?.id, `${proof?.id}.json`]);
    const kept: unknown = JSON.parse(
      await readFile(join(app.folder, "backups", `${proof?.id}.json`), "utf8"),
    );
    expect(kept).toEqual(proof);
    const { rows } = await client.query("select datname from pg_database where datname ~ '^slipway_backup_'");
    expect(rows).toEqual([]);
  }, 60_000);

  test("by RDS, which does not know the database, does not start: exit 11, and nothing is migrated", async () => {
    backUp({ kind: "rds-snapshot", instance: "diary-db" });
    const ran = await deploy();

    expect(ran.code).toBe(11);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: "refused",
      problems: [{ code: "BACKUP_SOURCE_MISSING", at: "rds/instance/diary-db" }],
    });
    expect((await client.query("select to_regclass('entries') as there")).rows).toEqual([{ there: null }]);
  }, 60_000);

  test("by RDS awaits its snapshot, with migrate up as with a deployment", async () => {
    app.practice.cloud.databases.ensure("instance", "diary-db");
    backUp({ kind: "rds-snapshot", instance: "diary-db" });
    const ran = await slipway(["migrate", "up", "--env=local", "--json"], app.env, app.folder);

    expect({ code: ran.code, stderr: ran.code === 0 ? "" : ran.stderr }).toEqual({ code: 0, stderr: "" });
    const { deploymentId } = JSON.parse(ran.stdout) as { deploymentId: string };
    expect(await recorded()).toMatchObject([
      {
        kind: "rds-snapshot",
        id: `arn:aws:rds:us-east-1:000000000000:snapshot:diary-local-${deploymentId}`,
        window: { earliest: null },
      },
    ]);
  }, 60_000);
});
