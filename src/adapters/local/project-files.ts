import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import type { ReleaseMigration } from "../../core/release/types.ts";
import type { ProjectFiles } from "../../ports/project-files.ts";
import { readText } from "./read-text.ts";

/** Files of the app in `folder`; other paths are relative to the working directory, as a person types them. */
export function projectFiles(folder: string): ProjectFiles {
  return {
    migrations: (migrations) => hashMigrations(join(folder, migrations)),
    json: (path) => readJson(resolve(path)),
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
      files.map(async (file) => ({
        file,
        sha256: createHash("sha256")
          .update(await readFile(join(folder, file)))
          .digest("hex"),
      })),
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

async function readJson(path: string): Promise<unknown> {
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
