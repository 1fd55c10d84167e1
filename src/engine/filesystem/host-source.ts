import { access, readFile, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type IgnoreRule, outerIgnoreRule } from "./gitignore.ts";
import { byName } from "./paths.ts";
import { hostUnreadable } from "./problems.ts";
import type { Kind, Source } from "./selection.ts";

/** A folder of this machine as something to select from; refs are absolute paths. `except` is never entered. */
export function hostSource(except: string): Source<string> {
  return {
    async list(directory) {
      const found = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
        throw hostUnreadable(directory, cause);
      });
      return found
        .flatMap((dirent) => {
          const kind = kindOf(dirent);
          const ref = join(directory, dirent.name);
          return kind === undefined || ref === except ? [] : [{ name: dirent.name, kind, ref }];
        })
        .sort((a, b) => byName(a.name, b.name));
    },
    read: (file) => readFile(file, "utf8"),
  };
}

/** The `.gitignore` files above a folder up to the repository it lies in, outermost first; none outside a repository. */
export async function outerIgnoreRules(folder: string): Promise<IgnoreRule[]> {
  const rules: IgnoreRule[] = [];
  for (let here = folder; ; here = dirname(here)) {
    if (here !== folder) {
      const text = await readFile(join(here, ".gitignore"), "utf8").catch(() => "");
      if (text !== "") rules.unshift(outerIgnoreRule(text, relative(here, folder)));
    }
    if (await hasGit(here)) return rules;
    if (here === dirname(here)) return [];
  }
}

// A folder, or in a worktree a file.
async function hasGit(folder: string): Promise<boolean> {
  return access(join(folder, ".git")).then(
    () => true,
    () => false,
  );
}

function kindOf(dirent: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): Kind | undefined {
  if (dirent.isFile()) return "file";
  if (dirent.isDirectory()) return "directory";
  return dirent.isSymbolicLink() ? "symlink" : undefined;
}
