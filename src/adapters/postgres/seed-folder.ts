import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import type { MigrationFile } from "../../core/migration/types.ts";

/** Names of the folders in a folder of seeds, sorted; none when it is not there. Throws `SEEDS_UNREADABLE` (exit 2). */
export async function readSeedSets(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw unreadable(folder, error);
  }
}

/** All files of a set but hidden ones, sorted by name. Throws `SEEDS_UNREADABLE` (exit 2). */
export async function readSeedFiles(folder: string): Promise<readonly MigrationFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
    return await Promise.all(names.map((file) => readSeedFile(folder, file)));
  } catch (error) {
    throw unreadable(folder, error);
  }
}

async function readSeedFile(folder: string, file: string): Promise<MigrationFile> {
  const bytes = await readFile(join(folder, file));
  return { file, text: seedText(bytes), sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** The text of a seed, without a mark at its beginning; undefined: it is not UTF-8. */
export function seedText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown fault";
}

function unreadable(folder: string, error: unknown): SlipwayError {
  return new SlipwayError(
    {
      code: "SEEDS_UNREADABLE",
      at: folder,
      says: `cannot be read: ${codeOf(error)}`,
      hint: "a set is a folder of files such as 0001_languages.sql; name the folder of sets in database/seeds",
    },
    "usage",
    { cause: error },
  );
}
