import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The test files that ask for a real Postgres, as paths from `root`. */
export async function postgresSuites(root: string): Promise<string[]> {
  const files = await readdir(join(root, "test"), { recursive: true });
  const suites: string[] = [];
  for (const file of files.filter((name) => name.endsWith(".real.test.ts"))) {
    const path = join("test", file);
    if (usesDatabase(await readFile(join(root, path), "utf8"))) suites.push(path);
  }
  return suites.sort();
}

/** Whether the source of a test file imports the helper that lends databases. */
export function usesDatabase(source: string): boolean {
  return /^import .*["'](\.\/|(\.\.\/)+support\/)postgres\.ts["'];?$/m.test(source);
}
