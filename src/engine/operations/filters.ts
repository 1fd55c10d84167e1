import { filtered } from "../filesystem/with-directory.ts";
import type { Filter } from "../filesystem/types.ts";
import { flagOf, textsOf } from "../graph/arguments.ts";
import { type Arguments, hashOf } from "../graph/recipe.ts";
import type { Session } from "../state/session.ts";
import type { DirectoryTree } from "../state/trees.ts";
import { deriveDirectory, namedByContent } from "./derive-tree.ts";

/** The filter that the arguments `include`, `exclude` and `gitignore` describe. */
export function filterOf(args: Arguments): Filter {
  return {
    include: textsOf(args, "include"),
    exclude: textsOf(args, "exclude"),
    gitignore: flagOf(args, "gitignore"),
  };
}

/** The part of a tree that the filter takes; the tree itself when the filter takes everything. */
export async function filteredTree(
  session: Session,
  tree: DirectoryTree,
  filter: Filter,
  signal: AbortSignal,
): Promise<DirectoryTree> {
  if (filter.include?.length === 0 && filter.exclude?.length === 0 && filter.gitignore !== true) return tree;

  const make = async (later: AbortSignal) => await filtered(session.layers, await tree.open(later), filter);
  if (!tree.cheap) return deriveDirectory(session, { operation: "filter", ...filter }, [tree], make);

  const key = hashOf({ operation: "filter", ...filter, of: tree.key });
  return await namedByContent(await session.derive(key, signal, make));
}
