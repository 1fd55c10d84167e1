import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { parseFileName } from "../../core/migration/file-name.ts";
import type { CarriedFile, CarriedFolder } from "../../core/worker/calls.ts";
import { readMigrationFolder } from "./migration-folder.ts";
import { renderMigrations } from "./render-migration.ts";

/**
 * Reads a folder, and the checks beside it, for a worker that has none of the app's files. Throws `MIGRATIONS_UNREADABLE`
 * (exit 2), and what is wrong with a file that cannot be carried (exit 11).
 */
export async function carryMigrations(folder: string): Promise<CarriedFolder> {
  const migrations = await readMigrationFolder(folder);
  const unread = migrations.flatMap((one) => (one.unread === undefined ? [] : [one.unread]));
  if (unread.length > 0) throw new SlipwayError(unread, "verifyFailed");
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."));
  const names = found.map(({ name }) => name).sort();
  const checks = (await readdir(join(folder, "../checks")).catch(() => [])).filter(isQuery).sort();
  const files = await Promise.all([
    ...names.map((name) => carry("migrations", folder, name)),
    ...checks.map((name) => carry("checks", join(folder, "../checks"), name)),
  ]);
  const code = migrations.map(({ file }) => file).filter((file) => parseFileName(file)?.layout === "code");
  return { files, rendered: Object.fromEntries(await renderMigrations(folder, code)) };
}

function isQuery(name: string): boolean {
  return name.endsWith(".sql") && !name.startsWith(".");
}

async function carry(where: CarriedFile["in"], folder: string, file: string): Promise<CarriedFile> {
  const bytes = await readFile(join(folder, file));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { in: where, file, base64: bytes.toString("base64"), sha256 };
}
