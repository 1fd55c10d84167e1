import { Draft } from "./draft.ts";
import { type LayerStore, layerOf } from "./layer-store.ts";
import { alreadyExists } from "./problems.ts";
import { layerIds, recipeId } from "./recipe.ts";
import { resolvePath } from "./resolve.ts";
import type { Directory } from "./types.ts";

/**
 * The same directory with a symlink at `path` that says `linkTarget`, which need not exist. Throws ALREADY_EXISTS when
 * something is at `path`.
 */
export async function withSymlink(
  store: LayerStore,
  target: Directory,
  path: string,
  linkTarget: string,
): Promise<Directory> {
  const place = await resolvePath(target, path, { followLast: false });
  if (place.node !== undefined || place.path === "") throw alreadyExists(place.path);

  const id = recipeId("symlink", layerIds(target.snapshot), place.path, linkTarget);
  const layer = await layerOf(store, id, async (folder) => {
    const draft = new Draft(folder, target.snapshot);
    await draft.symlink(place.path, linkTarget);
    return draft.facts;
  });
  return { snapshot: { layers: [...target.snapshot.layers, layer] }, path: target.path };
}
