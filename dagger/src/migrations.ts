import { dag, type Directory } from "@dagger.io/dagger";
import { NODE_IMAGE } from "./images.js";

export interface HashedMigration {
  readonly file: string;
  readonly sha256: string;
}

/**
 * The files of the migrations' folder, sorted by name, each with the SHA-256 of its bytes. They are hashed by a command:
 * the text that `File.contents` gives is not the bytes when a file is not UTF-8.
 */
export async function hashMigrations(
  source: Directory,
  folder: string | undefined,
): Promise<HashedMigration[]> {
  if (folder === undefined) return [];
  const migrations = source.directory(folder);
  const files = (await migrations.entries())
    .filter((name) => !name.endsWith("/") && !name.startsWith("."))
    .sort();
  if (files.length === 0) return [];

  const printed = await dag
    .container()
    .from(NODE_IMAGE)
    .withDirectory("/migrations", migrations)
    .withWorkdir("/migrations")
    .withExec(["sha256sum", "--", ...files])
    .stdout();
  const lines = printed.trimEnd().split("\n");
  return files.map((file, index) => ({ file, sha256: hashIn(lines[index]) }));
}

/** A line is `<hash>  <name>`; it begins with a backslash when the name had to be escaped. */
function hashIn(line: string | undefined): string {
  const hash = /^\\?([0-9a-f]{64}) /.exec(line ?? "")?.[1];
  if (hash === undefined) throw new Error(`sha256sum printed "${line ?? ""}"`);
  return hash;
}
