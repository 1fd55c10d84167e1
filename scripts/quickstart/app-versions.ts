import { createHash } from "node:crypto";
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";

const EXAMPLE = resolve(import.meta.dirname, "../../examples/diary");
const LEFT_OUT = new Set(["node_modules", "coverage", ".slipway"]);

/** Copies the example app to `folder`, so that the quickstart can change it without touching the repository. */
export function copyExample(folder: string): void {
  cpSync(EXAMPLE, folder, { recursive: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
}

/** Gives the app another version number, as a release commit would. */
export function setVersion(folder: string, version: string): void {
  for (const file of ["package.json", "package-lock.json"]) {
    const path = join(folder, file);
    const json = JSON.parse(readFileSync(path, "utf8")) as {
      version: string;
      packages?: Record<string, { version?: string }>;
    };
    json.version = version;
    if (json.packages?.[""] !== undefined) json.packages[""].version = version;
    writeFileSync(path, `${JSON.stringify(json, null, 2)}\n`);
  }
}

/** Replaces one piece of the app's source; fails when the piece is not there exactly once. */
export function edit(folder: string, file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const pieces = text.split(from);
  if (pieces.length !== 2)
    throw new Error(
      `expected ${JSON.stringify(from)} exactly once in ${file}, found it ${pieces.length - 1} times`,
    );
  writeFileSync(path, pieces.join(to));
}

/** Adds a migration as a pair of SQL files. */
export function addMigration(folder: string, name: string, up: string, down: string): void {
  writeFileSync(join(folder, "migrations", `${name}.up.sql`), `${up}\n`);
  writeFileSync(join(folder, "migrations", `${name}.down.sql`), `${down}\n`);
}

/**
 * What stands for the commit of the copied app: the hash of its files, which has the form of a commit hash. The copy
 * is not a git checkout, and git need not be installed.
 */
export function contentCommit(folder: string): string {
  const hash = createHash("sha1");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update("\0");
  return hash.digest("hex");
}
