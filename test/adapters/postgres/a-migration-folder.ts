import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { APP_HISTORY } from "../../../src/adapters/postgres/migration-history.ts";
import { openMigrationsAt, type MigrationDatabase } from "../../../src/adapters/postgres/open-migrations.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Migrations } from "../../../src/ports/migrations.ts";

/** A folder with a pair of files for each entry: id → up, or up and down. Removed after the test. */
export async function aMigrationFolder(
  pairs: Readonly<Record<string, string | readonly [up: string, down: string]>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-migrations-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [id, sql] of Object.entries(pairs)) {
    const [up, down] = typeof sql === "string" ? [sql, "select 1"] : sql;
    await writeFile(join(folder, `${id}.up.sql`), up);
    await writeFile(join(folder, `${id}.down.sql`), down);
  }
  return folder;
}

/** A folder with these files; removed after the test. */
export async function aFolderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-migrations-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

/** The migrations of a folder against a database; closed after the test. */
export async function someMigrations(
  url: string,
  folder: string,
  changes: Partial<MigrationDatabase> = {},
): Promise<Migrations> {
  const migrations = await openMigrationsAt({
    url: new Secret("migrate-url", url),
    folder,
    use: "DATABASE",
    place: APP_HISTORY,
    applicationName: "slipway migrate, test",
    lockBackoffMs: 20,
    lockRetries: 1,
    ...changes,
  });
  onTestFinished(() => migrations.close());
  return migrations;
}
