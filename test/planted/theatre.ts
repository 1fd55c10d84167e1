import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "pg";
import { openLedger } from "../../src/adapters/postgres/open-ledger.ts";
import { openMigrations } from "../../src/adapters/postgres/open-migrations.ts";
import { Secret } from "../../src/core/secret.ts";
import { practiceCloud, type PracticeCloud } from "../cloud/practice-cloud.ts";
import { CliPool } from "./cli-pool.ts";
import type { Planted } from "./planted.ts";
import { SMALL_APP, smallConfig } from "./small-app.ts";
import { Stage } from "./stage.ts";
import { writeFiles } from "./write-files.ts";

const EMPTY = "planted_empty";
const MIGRATED = "planted_migrated";
/** A copy for those that only look: a database that somebody is in cannot be copied. */
const SEEN = "planted_seen";
const LEDGER = "planted_ledger";
const LOOK = "--url-env=TARGET";

/** A server, a practice cloud and a ledger that all planted mistakes share; each has a folder and a database of its own. */
export class Theatre {
  readonly practice: PracticeCloud;
  readonly admin: Pool;
  readonly pool = new CliPool();
  readonly #server: string;
  #count = 0;

  private constructor(practice: PracticeCloud, admin: Pool, server: string) {
    this.practice = practice;
    this.admin = admin;
    this.#server = server;
  }

  static async begin(server: string): Promise<Theatre> {
    const admin = new Pool({ connectionString: server });
    // The server may end first.
    admin.on("error", () => undefined);
    const theatre = new Theatre(await practiceCloud(), admin, server);
    for (const name of [EMPTY, MIGRATED, LEDGER]) await admin.query(`create database ${name}`);
    const folder = await mkdtemp(join(tmpdir(), "slipway-planted-"));
    await writeFiles(folder, SMALL_APP);
    const url = new Secret("migrate-url", theatre.urlOf(MIGRATED));
    const migrations = await openMigrations({ url, folder: join(folder, "migrations") });
    await migrations.apply({ fence: 1, signal: new AbortController().signal });
    await migrations.close();
    await rm(folder, { recursive: true });
    await admin.query(`create database ${SEEN} template ${MIGRATED}`);
    await (
      await openLedger(new Secret("ledger", theatre.urlOf(LEDGER)), new AbortController().signal)
    ).close();
    return theatre;
  }

  urlOf(database: string, as?: { readonly user: string; readonly password: string }): string {
    const url = new URL(this.#server);
    url.pathname = `/${database}`;
    if (as !== undefined) {
      url.username = as.user;
      url.password = as.password;
    }
    return url.href;
  }

  get env(): NodeJS.ProcessEnv {
    return {
      AWS_ENDPOINT_URL: this.practice.cloud.endpoint,
      SLIPWAY_LEDGER_URL: this.urlOf(LEDGER),
      SERVER: this.#server,
    };
  }

  /** The small app with a mistake in it, and a database for it. */
  async stage(planted: Planted): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-planted-"));
    // An app of its own, so that no mistake meets another's lease or secret.
    const app = `planted-${(this.#count += 1)}`;
    const stage = new Stage(this, folder, await this.#databaseFor(planted, app), app);
    await stage.write(SMALL_APP);
    const config = { ...smallConfig(planted.config), app };
    await stage.write({ "slipway.config.json": JSON.stringify(config) });
    const isOfEnvironment = planted.argv.some((word) => word.startsWith("--env="));
    if (isOfEnvironment || planted.prepare !== undefined) await stage.pointTo(stage.url);
    if (planted.sql !== undefined) await stage.query(planted.sql);
    if (planted.files !== undefined) await stage.write(planted.files);
    await planted.prepare?.(stage);
    return stage;
  }

  /** What only reads may look at one database all together. */
  async #databaseFor({ argv, sql, prepare, database = "migrated" }: Planted, app: string): Promise<string> {
    const template = database === "empty" ? EMPTY : MIGRATED;
    const isChanged =
      sql !== undefined || prepare !== undefined || argv.some((word) => word.startsWith("--env="));
    if (!isChanged && (argv[1] === "plan" || !argv.includes(LOOK))) return SEEN;
    const name = app.replace("-", "_");
    await this.admin.query(`create database ${name} template ${template}`);
    return name;
  }

  async close(): Promise<void> {
    this.pool.close();
    await this.admin.end();
    await this.practice.close();
  }
}
