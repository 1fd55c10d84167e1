import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import type { MigrationFile } from "../../core/migration/types.ts";

/** All files of the folder but hidden ones, sorted by name. Throws `MIGRATIONS_UNREADABLE` (exit 2). */
export async function readMigrationFolder(folder: string): Promise<readonly MigrationFile[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.name.startsWith(".")).map((entry) => entry.name);
    return await Promise.all(names.sort().map((file) => readMigrationFile(folder, file)));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown fault";
    throw new SlipwayError(
      {
        code: "MIGRATIONS_UNREADABLE",
        at: folder,
        says: `cannot be read: ${code}`,
        hint: "create the folder, or name the right one in database/migrations",
      },
      "usage",
      { cause: error },
    );
  }
}

async function readMigrationFile(folder: string, file: string): Promise<MigrationFile> {
  const bytes = await readFile(join(folder, file));
  return { file, text: decode(bytes), sha256: createHash("sha256").update(bytes).digest("hex") };
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
