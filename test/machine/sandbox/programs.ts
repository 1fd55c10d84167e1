import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Copies programs of this machine and the libraries they load into a folder that is to be a root. */
export function programAndLibraries(folder: string, programs: readonly string[]): void {
  for (const program of programs) {
    const libraries = execFileSync("ldd", [program], { encoding: "utf8" }).match(/\/\S+/g) ?? [];
    for (const path of [program, ...libraries]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      copyFileSync(realpathSync(path), join(folder, path));
    }
  }
}
