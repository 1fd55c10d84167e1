import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Client } from "pg";
import diary from "../../examples/diary/slipway.config.ts";
import { parseHeader } from "../../src/core/migration/header.ts";
import type { Release } from "../../src/core/release/types.ts";
import { aWrittenConfig } from "../builders/a-config.ts";
import type { TestDatabase } from "../support/postgres.ts";
import { DeliveredApp } from "./delivered-app.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../examples/diary/migrations");
/** What is kept beside the migrations is part of a release. */
const COMPANIONS = readdirSync(MIGRATIONS).filter((file) => file.endsWith(".json"));
/** Kept proofs name the major they were made on; on another one they are not demanded. */
const REHEARSED_ON = 18;

/** Files of the diary's migrations up to a number, both directions. */
export function diaryMigrations(upTo = 9999): readonly string[] {
  const files = readdirSync(MIGRATIONS).filter((file) => file.endsWith(".sql"));
  return files.filter((file) => Number(file.slice(0, 4)) <= upTo).sort();
}

/** The diary's database and migrations in an app that can be delivered, with what a production demands of them. */
export class DiaryHistory {
  readonly app: DeliveredApp;

  private constructor(app: DeliveredApp) {
    this.app = app;
  }

  /** The role that migrates owns the database and is no superuser, so that row-level security holds for it. */
  static async begin(database: TestDatabase, admin: Client): Promise<DiaryHistory> {
    const name = new URL(database.url).pathname.slice(1);
    await admin.query(
      `do $$ begin
         if not exists (select from pg_roles where rolname = 'diary_owner') then
           create role diary_owner login password 'owner';
           create role diary_app;
         end if;
       end $$`,
    );
    await admin.query(`alter database ${name} owner to diary_owner`);
    await admin.query("alter schema public owner to diary_owner");
    const app = await DeliveredApp.begin(database.url);
    await app.practice.clients.secrets.send(
      new PutSecretValueCommand({
        SecretId: "diary/local/migrate-url",
        SecretString: database.urlAs("diary_owner", "owner"),
      }),
    );
    const { rows } = await admin.query<{ major: number }>(
      "select current_setting('server_version_num')::int / 10000 as major",
    );
    const rehearsed = rows[0]?.major === REHEARSED_ON;
    const written = aWrittenConfig();
    const policy = { smokeTimeoutSeconds: 2, deployTimeoutSeconds: 60, rollbackLimitSeconds: 300 };
    const local = {
      cloud: "local" as const,
      ...written.environments["local"],
      ...policy,
      migrations: { rehearsed, drift: "refuse" as const },
    };
    app.configure({ ...written, database: diary.database, environments: { local } });
    return new DiaryHistory(app);
  }

  /** Puts the migrations up to a number into the app's folder and publishes release `n` with them. */
  async publish(n: number, upTo?: number): Promise<string> {
    const files = [...diaryMigrations(upTo), ...COMPANIONS];
    const folder = join(this.app.folder, "migrations");
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    for (const file of files) copyFileSync(join(MIGRATIONS, file), join(folder, file));
    const release = JSON.parse(readFileSync(await this.app.publish(n), "utf8")) as Release;
    return this.app.manifest({ ...release, migrations: files.map(ofRelease) });
  }
}

function ofRelease(file: string): Release["migrations"][number] {
  const text = readFileSync(join(MIGRATIONS, file), "utf8");
  const { phase } = parseHeader(file, text).header;
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { file, sha256, ...(phase !== undefined && { phase }) };
}
