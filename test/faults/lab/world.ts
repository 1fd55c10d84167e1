import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../../../src/core/release/types.ts";
import { aWrittenConfig } from "../../builders/a-config.ts";
import { aRelease } from "../../builders/a-release.ts";
import { AwsFaultProxy, type ChooseFault } from "../proxies/aws-fault-proxy.ts";
import type { Hit } from "../process/order.ts";
import { migrationsOf, releaseMigrations, type Version } from "./app-versions.ts";
import { copyTemplates, dropDatabases, onDatabase, type CellDatabases } from "./databases.ts";
import { configSha256 } from "./config-sha256.ts";
import type { Lab } from "./lab.ts";
import { closeEnvironment, openEnvironment, type CellPlatform } from "./platform.ts";
import type { Run } from "./run.ts";
import { startRun, type RunningRun } from "./start-run.ts";

export type Verb =
  readonly ["deploy", Version] | readonly ["rollback"] | readonly ["resume"] | readonly string[];

/** How a run differs from an ordinary one. */
export interface RunChanges {
  readonly hit?: Hit | undefined;
  readonly choose?: ChooseFault;
  readonly env?: Readonly<Record<string, string>>;
  /** The cloud's clock, and the run's own, are so many milliseconds ahead. */
  readonly cloudClockMs?: number;
  readonly ownClockMs?: number;
}

/** One cell's own environment: an app's folder, a ledger, a database, a place in the cloud. */
export class World {
  readonly name: string;
  readonly folder: string;
  readonly lab: Lab;
  readonly databases: CellDatabases;
  readonly platform: CellPlatform;
  /** Every run so far, the set-up's too. */
  readonly runs: Run[] = [];
  readonly #ledgerUrl: string;
  #configSha256 = "";
  #count = 0;

  private constructor(
    name: string,
    folder: string,
    lab: Lab,
    databases: CellDatabases,
    platform: CellPlatform,
    ledgerUrl: string,
  ) {
    this.name = name;
    this.folder = folder;
    this.lab = lab;
    this.databases = databases;
    this.platform = platform;
    this.#ledgerUrl = ledgerUrl;
  }

  /**
   * @param name lower-case letters and digits, at most 20: the environment's name
   * @param through changes the URLs of databases that runs are given, as a proxy does
   */
  static async open(name: string, lab: Lab, through: (url: string) => string = (url) => url): Promise<World> {
    const folder = mkdtempSync(join(lab.folder, `${name}-`));
    mkdirSync(join(folder, "app", "migrations"), { recursive: true });
    mkdirSync(join(folder, "tmp"));
    const databases = await copyTemplates(lab.postgres.url, name);
    const platform = await openEnvironment(name, lab.practice, through(databases.app));
    const world = new World(name, folder, lab, databases, platform, through(databases.ledger));
    world.writeConfig();
    return world;
  }

  async close(): Promise<void> {
    await closeEnvironment(this.platform, this.lab.practice);
    await dropDatabases(this.lab.postgres.url, this.name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The app's config, with changes of its one environment and of the rest; `secrets` are added to its service's. */
  writeConfig(
    changes: Readonly<Record<string, unknown>> = {},
    app: Readonly<Record<string, unknown>> & { readonly secrets?: Readonly<Record<string, string>> } = {},
  ): void {
    const written = aWrittenConfig();
    const environment = {
      ...written.environments["local"],
      smokeTimeoutSeconds: 1,
      deployTimeoutSeconds: 60,
      ...changes,
    };
    const { secrets: more = {}, ...others } = app;
    const api = written.components?.["api"];
    const components = { api: { ...api, secrets: { ...api?.secrets, ...more } } };
    const config = { ...written, components, environments: { [this.name]: environment }, ...others };
    writeFileSync(join(this.folder, "app", "slipway.config.json"), JSON.stringify(config));
    this.#configSha256 = configSha256(config);
  }

  release(version: Version, changes: Partial<Release> = {}): Release {
    const image = this.lab.images.get(version) ?? "";
    const [, digest = ""] = image.split("@");
    return aRelease(version, {
      components: { api: { kind: "service", image, digest, base: "host:node@24.21.0" } },
      migrations: releaseMigrations(version),
      configSha256: this.#configSha256,
      ...changes,
    });
  }

  /** Writes what the release brings and answers its manifest's path. */
  publish(version: Version, changes: Partial<Release> = {}): string {
    for (const [file, text] of Object.entries(migrationsOf(version)))
      writeFileSync(join(this.folder, "app", "migrations", file), text);
    const path = join(this.folder, `release-${version}.json`);
    writeFileSync(path, JSON.stringify(this.release(version, changes)));
    return path;
  }

  /** Runs a verb to its end. */
  async run(verb: Verb, changes: RunChanges = {}): Promise<Run> {
    const { ended } = await this.start(verb, changes);
    return ended;
  }

  /** Starts a verb. */
  async start(verb: Verb, changes: RunChanges = {}): Promise<RunningRun> {
    const proxy = await AwsFaultProxy.start(this.lab.practice.cloud.endpoint, changes.choose);
    proxy.clockMs = changes.cloudClockMs ?? 0;
    const run = startRun({
      argv: this.#argv(verb),
      env: this.env(changes.env),
      order: {
        trace: join(this.folder, `trace-${++this.#count}.jsonl`),
        hit: changes.hit,
        clockMs: changes.ownClockMs ?? 0,
      },
      proxy,
    });
    const ended = run.ended.then(async (end) => {
      this.runs.push(end);
      await proxy.close();
      return end;
    });
    return { ...run, ended };
  }

  env(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.folder,
      TMPDIR: join(this.folder, "tmp"),
      SLIPWAY_LEDGER_URL: this.#ledgerUrl,
      NODE_COMPILE_CACHE: join(this.lab.folder, "compiled"),
      ...changes,
    };
  }

  /** Lets the lease's time pass: what a dead holder left becomes free now instead of in twenty seconds. */
  async passLeaseTime(): Promise<void> {
    await onDatabase(this.databases.ledger, (client) =>
      client.query(`update slipway_ledger.leases set expires_at = clock_timestamp()
                    where holder is not null and expires_at > clock_timestamp()`),
    );
  }

  #argv(verb: Verb): string[] {
    const [word, version] = verb;
    const project = `--project=${join(this.folder, "app")}`;
    if (word === "audit") return [...verb.map(String), project, "--json"];
    const common = [project, `--env=${this.name}`, "--json"];
    if (word === "deploy" && typeof version === "number")
      return ["deploy", ...common, `--release=${this.publish(version)}`];
    return [...verb.map(String), ...common];
  }
}
