import { CreateRepositoryCommand } from "@aws-sdk/client-ecr";
import { CreateClusterCommand } from "@aws-sdk/client-ecs";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ImageRoots } from "../../../src/cloud/containers/image-roots.ts";
import { SandboxRunner } from "../../../src/cloud/containers/sandbox-runner.ts";
import { startCloud } from "../../../src/cloud/start.ts";
import type { WrittenConfig } from "../../../src/core/config/schema.ts";
import { Secret } from "../../../src/core/secret.ts";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { aWrittenConfig } from "../../builders/a-config.ts";
import { slipway } from "../../cli/slipway.ts";
import { useDatabase } from "../../support/postgres.ts";
import { clientsFor } from "../practice-cloud.ts";
import { pushHostFolder } from "./host-image.ts";

const { network } = await sandboxAbility();
const ROOT = resolve(import.meta.dirname, "../../..");
const PATIENCE = 300_000;
const database = useDatabase();

describe.runIf(network)("a database that only tasks reach", () => {
  test(
    "is migrated by a task from the worker's own image, and cannot be from here",
    { timeout: 2 * PATIENCE },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "slipway-worker-test-"));
      // Some thousand files: a busy machine takes its time.
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }), PATIENCE);
      const { port } = new URL(database.url);
      const practice = { username: "slipway", password: new Secret("password", "slipway") };
      const roots = new ImageRoots(join(folder, "roots"), () => practice);
      const runner = new SandboxRunner({
        folder: join(folder, "tasks"),
        roots,
        neighbours: () => [
          { alias: "cloud.internal", port: Number(cloud.registry.split(":")[1]) },
          { alias: "database.internal", port: Number(port) },
        ],
      });
      const cloud = await startCloud({ folder: join(folder, "cloud"), runner, compression: 100 });
      onTestFinished(() => cloud.close(), PATIENCE);
      const { ecs, ecr, secrets } = clientsFor(cloud.endpoint);
      await ecs.send(new CreateClusterCommand({ clusterName: "diary-local" }));
      await ecr.send(new CreateRepositoryCommand({ repositoryName: "slipway-worker" }));
      // A name that is known inside alone.
      const inside = database.url.replace(/@[^/]+\//, `@database.internal:${port}/`);
      for (const [Name, SecretString] of [
        ["diary/local/migrate-url", inside],
        ["diary/local/worker-ledger-url", database.url],
      ] as const) {
        await secrets.send(new CreateSecretCommand({ Name, SecretString }));
      }
      const image = await pushWorker(cloud.registry, folder);
      const app = join(folder, "app");
      mkdirSync(join(app, "migrations"), { recursive: true });
      writeFileSync(join(app, "migrations/0001_a.up.sql"), "create table a ();");
      writeFileSync(join(app, "migrations/0001_a.down.sql"), "drop table a;");
      const env = {
        PATH: process.env["PATH"],
        HOME: folder,
        AWS_ENDPOINT_URL: cloud.endpoint,
        SLIPWAY_LEDGER_URL: database.url,
      };
      const migrate = (runs: NonNullable<WrittenConfig["database"]>["runs"], ...words: string[]) => {
        const config = aWrittenConfig({ database: { ...(runs && { runs }) } });
        writeFileSync(join(app, "slipway.config.json"), JSON.stringify(config));
        return slipway(["migrate", ...words, "--env=local", `--project=${app}`], env);
      };

      const here = await migrate("here", "up");
      expect(here.code).toBe(11);
      expect(here.stderr).toContain("database.internal");

      const task = { as: "ecs-task", image } as const;
      const there = await migrate(task, "up");
      expect(there).toMatchObject({ code: 0 });
      expect(there.stderr).toContain("✓ migrate: 0001_a.up.sql");
      const client = await database.connect();
      expect((await client.query("select * from a")).rows).toEqual([]);

      const status = await migrate(task, "status", "--json");
      expect(status.code).toBe(0);
      expect(JSON.parse(status.stdout)).toMatchObject({ applied: [{ id: "0001_a" }], pending: [] });
    },
  );
});

/** Slipway as its worker's image has it: the sources, and the packages that a worker loads. */
function pushWorker(registry: string, folder: string): Promise<string> {
  const content = join(folder, "image");
  const slipwayFolder = join(content, "slipway");
  for (const name of ["package.json", "bin", "src", "migrations"]) {
    cpSync(join(ROOT, name), join(slipwayFolder, name), { recursive: true });
  }
  const wanted = [
    "commander",
    "zod",
    "pg",
    "node-pg-migrate",
    "canonicalize",
    "libpg-query",
    "temporal-polyfill",
  ];
  for (const name of withTheirNeeds(wanted)) {
    cpSync(join(ROOT, "node_modules", name), join(slipwayFolder, "node_modules", name), { recursive: true });
  }
  return pushHostFolder(registry, "slipway-worker", content, {
    Entrypoint: ["node", "/slipway/bin/slipway.mjs"],
  });
}

function withTheirNeeds(names: readonly string[], known = new Set<string>()): Set<string> {
  for (const name of names) {
    const manifest = join(ROOT, "node_modules", name, "package.json");
    if (known.has(name) || !existsSync(manifest)) continue;
    known.add(name);
    const { dependencies = {} } = JSON.parse(readFileSync(manifest, "utf8")) as {
      dependencies?: Record<string, string>;
    };
    withTheirNeeds(Object.keys(dependencies), known);
  }
  return known;
}
