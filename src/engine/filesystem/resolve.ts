import { readlink } from "node:fs/promises";
import { below } from "./paths.ts";
import { noSuchDirectory, tooManyLinks } from "./problems.ts";
import { type TreeNode, childrenOf, rootOf } from "./tree.ts";
import type { Directory } from "./types.ts";

// Linux gives up after 40 symlinks in one lookup.
const MOST_LINKS = 40;

export interface Resolved {
  /** Path in the snapshot with every symlink on the way replaced. */
  readonly path: string;
  /** What is there; undefined: nothing yet. */
  readonly node: TreeNode | undefined;
}

/**
 * Where `path` below `directory` leads. Symlinks are followed inside the snapshot, absolute ones from its root; what
 * does not exist is taken literally. `followLast: false` stops at a symlink in the last place.
 * Throws NO_SUCH_DIRECTORY when a file is in the way, SYMLINK_LOOP.
 */
export async function resolvePath(
  directory: Directory,
  path: string,
  options: { followLast?: boolean } = {},
): Promise<Resolved> {
  const asked = below(directory.path, path);
  const ahead = names(asked).toReversed();
  const trail: { name: string; node: TreeNode | undefined }[] = [];
  const root = rootOf(directory.snapshot);
  let links = 0;

  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === ".") continue;
    if (name === "..") {
      trail.pop();
      continue;
    }
    const here = trail.length === 0 ? root : trail.at(-1)?.node;
    if (here !== undefined && here.kind !== "directory")
      throw noSuchDirectory(asked, `${here.path} is not a directory`);
    const node = here === undefined ? undefined : (await childrenOf(here)).get(name);
    if (node?.kind === "symlink" && (ahead.length > 0 || options.followLast !== false)) {
      if (++links > MOST_LINKS) throw tooManyLinks(asked);
      const target = await readlink(node.parts[0].source);
      if (target.startsWith("/")) trail.length = 0;
      ahead.push(...names(target).toReversed());
    } else trail.push({ name, node });
  }
  const last = trail.at(-1);
  return { path: trail.map((step) => step.name).join("/"), node: last === undefined ? root : last.node };
}

function names(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}
