import { dag, type Directory } from "@dagger.io/dagger";
import { NODE_IMAGE } from "./images.js";

export interface ReleasedMigration {
  readonly file: string;
  readonly sha256: string;
  /** As the up file says at its top: `-- slipway: phase=contract`. */
  readonly phase?: "expand" | "contract";
}

/** Prints hash and phase of the files that it is given. What stands before the first statement counts. */
const READ = `
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const phaseOf = (file, bytes) => {
  if (file.endsWith(".down.sql")) return undefined;
  for (const raw of bytes.toString("utf8").split("\\n")) {
    const line = raw.trim();
    if (line !== "" && !line.startsWith("--")) return undefined;
    const words = /^--\\s*slipway:(.*)$/.exec(line)?.[1].split(",").map((word) => word.trim());
    const phase = words?.find((word) => /^phase=(expand|contract)$/.test(word));
    if (phase !== undefined) return phase.slice("phase=".length);
  }
};
const migrations = process.argv.slice(1).map((file) => {
  const bytes = readFileSync(file);
  return { file, sha256: createHash("sha256").update(bytes).digest("hex"), phase: phaseOf(file, bytes) };
});
process.stdout.write(JSON.stringify(migrations));
`;

/**
 * The files of the migrations' folder, sorted by name, each with the SHA-256 of its bytes. They are hashed by a command:
 * the text that `File.contents` gives is not the bytes when a file is not UTF-8.
 */
export async function readMigrations(
  source: Directory,
  folder: string | undefined,
): Promise<ReleasedMigration[]> {
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
    .withExec(["node", "-e", READ, "--", ...files])
    .stdout();
  return JSON.parse(printed) as ReleasedMigration[];
}
