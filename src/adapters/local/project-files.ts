import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { parseHeader, PLAIN_HEADER } from "../../core/migration/header.ts";
import { parseJson } from "../../core/json.ts";
import type { ReleaseMigration } from "../../core/release/types.ts";
import type { ProjectFiles } from "../../ports/project-files.ts";
import { readText } from "./read-text.ts";

/** Files of the app in `folder`. */
export function projectFiles(folder: string): ProjectFiles {
  return {
    migrations: (migrations) => hashMigrations(join(folder, migrations)),
  };
}

async function hashMigrations(folder: string): Promise<readonly ReleaseMigration[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => entry.name)
      .sort();
    return await Promise.all(
      files.map(async (file) => migrationOf(file, await readFile(join(folder, file)))),
    );
  } catch (error) {
    throw new SlipwayError(
      {
        code: "MIGRATIONS_UNREADABLE",
        at: folder,
        says: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown fault"}`,
        hint: "create the folder, or name the right one in database/migrations",
      },
      "usage",
      { cause: error },
    );
  }
}

function migrationOf(file: string, bytes: Buffer): ReleaseMigration {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const { phase } = file.endsWith(".down.sql")
    ? PLAIN_HEADER
    : parseHeader(file, bytes.toString("utf8")).header;
  return { file, sha256, ...(phase === undefined ? {} : { phase }) };
}

/** A file's parsed JSON, its path relative to the working directory, as a person types it. Throws `FILE_…` (exit 2). */
export async function readJson(file: string): Promise<unknown> {
  const path = resolve(file);
  const text = await readText(path);
  if (text === undefined) {
    throw new SlipwayError(
      { code: "FILE_MISSING", at: path, says: "there is no such file", hint: "check the path" },
      "usage",
    );
  }

  const result = parseJson(text);
  if (result.kind === "value") return result.value;
  throw new SlipwayError(
    { code: "FILE_UNREADABLE", at: path, says: result.says, hint: "write the file again" },
    "usage",
  );
}
