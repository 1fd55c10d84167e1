import type { Recipe } from "../graph/recipe.ts";
import type { Session } from "../state/session.ts";
import type { DirectoryTree } from "../state/trees.ts";
import { pathOf } from "./container-paths.ts";
import { directoryOf } from "./container-places.ts";
import { directoryOperations, emptyTree } from "./directory.ts";

/** What a Directory recipe stands for. Directories of this machine are imported when their field is resolved. */
export async function directoryTree(
  session: Session,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<DirectoryTree> {
  const { args, parent } = recipe;
  if (recipe.operation === "Query.directory") return emptyTree;
  if (parent === undefined) throw new Error(`${recipe.operation} has no parent`);

  if (recipe.operation === "Container.rootfs") return (await session.container(parent, signal)).root;
  if (recipe.operation === "Container.directory") {
    const state = await session.container(parent, signal);
    return await directoryOf(state, pathOf(state, args), signal);
  }
  const operation = directoryOperations[recipe.operation.replace(/^Directory\./, "")];
  if (operation === undefined) throw new Error(`no directory is made by ${recipe.operation}`);
  return await operation(await session.directory(parent, signal), args, session, signal);
}
