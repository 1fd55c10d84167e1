import { CreateRepositoryCommand, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { CreateClusterCommand } from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalSha256 } from "../../src/adapters/local/canonical-sha256.ts";
import { readConfig } from "../../src/core/config/read-config.ts";
import type { WrittenConfig } from "../../src/core/config/schema.ts";
import type { Release } from "../../src/core/release/types.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import { aRelease } from "../builders/a-release.ts";
import { ChildRunner, CRASH } from "../cloud/ecs/child-runner.ts";
import { practiceCloud, type PracticeCloud } from "../cloud/practice-cloud.ts";

const MIGRATION = {
  up: "create table entries (id bigint generated always as identity primary key, text text not null);\n",
  down: "drop table entries;\n",
};

/** A server that says which release it is, as the platform told it. Its smoke test fails when it is told so. */
const SERVER = `
  const { SLIPWAY_VERSION: version, SLIPWAY_COMMIT: commit } = process.env;
  const server = require("node:http").createServer((request, response) => {
    if (request.url === "/healthz") { response.end("ok"); return; }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ version: version === "3.0.0" ? "2.0.0" : version, commit }));
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
  process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
`;

/** The image of the worker that migrates, where migrations run as a task. */
export const WORKER_IMAGE = `registry.example/slipway-worker@sha256:${"5".repeat(64)}`;
const MAIN = new URL("../../src/main.ts", import.meta.url).href;
const WORKER = `import(${JSON.stringify(MAIN)}).then(({ main }) => main(["migrate", "worker"]))`;

/** An app in a folder of its own and a cloud that it can be delivered to; tasks are child processes. */
export class DeliveredApp {
  readonly folder: string;
  readonly practice: PracticeCloud;
  readonly #programs: Record<string, string>;
  readonly #databaseUrl: string;
  #configSha256 = "";

  private constructor(
    folder: string,
    practice: PracticeCloud,
    programs: Record<string, string>,
    databaseUrl: string,
  ) {
    this.folder = folder;
    this.practice = practice;
    this.#programs = programs;
    this.#databaseUrl = databaseUrl;
  }

  static async begin(databaseUrl: string): Promise<DeliveredApp> {
    const programs: Record<string, string> = { [WORKER_IMAGE]: WORKER };
    const practice = await practiceCloud({
      runner: new ChildRunner(programs),
      compression: 100,
      startupMs: 1000,
    });
    const folder = mkdtempSync(join(tmpdir(), "slipway app "));
    const app = new DeliveredApp(folder, practice, programs, databaseUrl);
    app.#write();
    await app.#provision();
    return app;
  }

  /** What the CLI finds in its environment. */
  get env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env["PATH"],
      HOME: this.folder,
      AWS_ENDPOINT_URL: this.practice.cloud.endpoint,
      SLIPWAY_LEDGER_URL: this.#databaseUrl,
    };
  }

  /** Publishes release `n` and answers the path of its manifest. Version 3 is broken, 4 crashes. */
  async publish(n: number): Promise<string> {
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [],
      annotations: { n: String(n) },
    });
    const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    const image = `${this.practice.cloud.registry}/diary/api@${digest}`;
    this.#programs[image] = n === 4 ? CRASH : SERVER;
    await this.#push(manifest, digest);
    return this.manifest(
      aRelease(n, {
        components: { api: { kind: "service", image, digest, base: "host:node@24.21.0" } },
        configSha256: this.#configSha256,
        migrations: Object.entries({
          "0001_entries.down.sql": MIGRATION.down,
          "0001_entries.up.sql": MIGRATION.up,
        }).map(([file, text]) => ({ file, sha256: createHash("sha256").update(text).digest("hex") })),
      }),
    );
  }

  /** Writes the app's config; releases published from now on are built with it. */
  configure(written: WrittenConfig): void {
    const result = readConfig(written);
    if (result.kind === "refused") throw new Error(JSON.stringify(result.problems));
    this.#configSha256 = canonicalSha256(result.config);
    writeFileSync(join(this.folder, "slipway.config.json"), JSON.stringify(written));
  }

  /** Writes a manifest and answers its path. */
  manifest(release: Release): string {
    const path = join(this.folder, `release-${release.version}.json`);
    writeFileSync(path, JSON.stringify(release));
    return path;
  }

  async close(): Promise<void> {
    await this.practice.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #write(): void {
    mkdirSync(join(this.folder, "migrations"));
    writeFileSync(join(this.folder, "migrations/0001_entries.up.sql"), MIGRATION.up);
    writeFileSync(join(this.folder, "migrations/0001_entries.down.sql"), MIGRATION.down);
    const written = aWrittenConfig();
    const local = {
      cloud: "local" as const,
      ...written.environments["local"],
      smokeTimeoutSeconds: 2,
      deployTimeoutSeconds: 60,
    };
    this.configure({ ...written, environments: { local } });
  }

  async #provision(): Promise<void> {
    const { ecs, ecr, elb, secrets } = this.practice.clients;
    await ecs.send(new CreateClusterCommand({ clusterName: "diary-local" }));
    await ecr.send(new CreateRepositoryCommand({ repositoryName: "diary/api" }));
    for (const name of ["diary/local/database-url", "diary/local/migrate-url"]) {
      await secrets.send(new CreateSecretCommand({ Name: name, SecretString: this.#databaseUrl }));
    }
    const name = "diary-local-api";
    const balancer = await elb.send(new CreateLoadBalancerCommand({ Name: name }));
    const group = await elb.send(
      new CreateTargetGroupCommand({
        Name: name,
        Port: 8080,
        Protocol: "HTTP",
        TargetType: "ip",
        HealthCheckPath: "/healthz",
        HealthCheckIntervalSeconds: 5,
        HealthyThresholdCount: 2,
      }),
    );
    await elb.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: group.TargetGroups?.[0]?.TargetGroupArn,
        Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
      }),
    );
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
        Port: 80,
        Protocol: "HTTP",
        DefaultActions: [{ Type: "forward", TargetGroupArn: group.TargetGroups?.[0]?.TargetGroupArn }],
      }),
    );
  }

  async #push(manifest: string, digest: string): Promise<void> {
    const { authorizationData } = await this.practice.clients.ecr.send(new GetAuthorizationTokenCommand({}));
    const answer = await fetch(`http://${this.practice.cloud.registry}/v2/diary/api/manifests/${digest}`, {
      method: "PUT",
      headers: {
        "content-type": "application/vnd.oci.image.index.v1+json",
        authorization: `Basic ${authorizationData?.[0]?.authorizationToken}`,
      },
      body: manifest,
    });
    if (answer.status !== 201) throw new Error(`the registry answered ${answer.status}`);
  }
}
