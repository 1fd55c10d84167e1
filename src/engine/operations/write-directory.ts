import { optionalNumberOf, optionalTextOf } from "../graph/arguments.ts";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { Arguments } from "../graph/recipe.ts";
import type { Directory, Ownership } from "../filesystem/types.ts";
import { without } from "../filesystem/without.ts";
import type { Session } from "../state/session.ts";
import type { DirectoryTree, Tree } from "../state/trees.ts";
import { deriveDirectory } from "./derive-tree.ts";

/** The tree without what is at the paths. */
export function remove(
  session: Session,
  tree: DirectoryTree,
  args: Arguments,
  paths: readonly string[],
): DirectoryTree {
  return write(session, tree, "without", args, [], async (target) => {
    let result = target;
    for (const path of paths) result = await without(session.layers, result, path);
    return result;
  });
}

/** A tree made by writing to another; `args` and the sources are what the result depends on. */
export function write(
  session: Session,
  tree: DirectoryTree,
  operation: string,
  args: Arguments,
  sources: readonly Tree<unknown>[],
  make: (target: Directory, signal: AbortSignal) => Promise<Directory>,
): DirectoryTree {
  const { source: _source, sources: _sources, ...inputs } = args;
  return deriveDirectory(
    session,
    { operation, ...inputs },
    [tree, ...sources],
    async (signal) => await make(await tree.open(signal), signal),
  );
}

/** Permissions and owner as the arguments say. Throws a RecipeProblem for a name: a directory has no users. */
export function ownership(args: Arguments): Ownership {
  const permissions = optionalNumberOf(args, "permissions");
  const written = optionalTextOf(args, "owner");
  const [user = "", group = user] = written?.split(":") ?? [];
  if (written !== undefined && !(/^\d+$/.test(user) && /^\d+$/.test(group))) {
    throw new RecipeProblem(
      `owner ${written}: a directory has no user names, only numbers such as 1000:1000`,
    );
  }
  return {
    ...(permissions === undefined ? {} : { permissions }),
    ...(written === undefined ? {} : { owner: { uid: Number(user), gid: Number(group) } }),
  };
}

/** A path that ends in a slash names the folder for the file. */
export function into(path: string, name: string): string {
  return path.endsWith("/") ? `${path}${name}` : path;
}
