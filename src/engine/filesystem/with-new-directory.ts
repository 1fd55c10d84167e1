import { Draft } from "./draft.ts";
import { type LayerStore, layerOf } from "./layer-store.ts";
import { noSuchDirectory } from "./problems.ts";
import { layerIds, recipeId } from "./recipe.ts";
import { resolvePath } from "./resolve.ts";
import type { Directory, Ownership } from "./types.ts";

/**
 * The same directory with a new one at `path`, and its parents; what is made gets `permissions`, 0755 unless said. An
 * existing one stays as it is. Throws NO_SUCH_DIRECTORY when a file is in the way.
 */
export async function withNewDirectory(
  store: LayerStore,
  target: Directory,
  path: string,
  options: Ownership = {},
): Promise<Directory> {
  const place = await resolvePath(target, path);
  if (place.node?.kind === "directory" || place.path === "") return target;
  if (place.node !== undefined) throw noSuchDirectory(place.path, "this is a file, not a directory");

  const how = [options.permissions, options.owner?.uid, options.owner?.gid];
  const id = recipeId("new-directory", layerIds(target.snapshot), place.path, how);
  const layer = await layerOf(store, id, async (folder) => {
    const draft = new Draft(folder, target.snapshot);
    await draft.directory(place.path, options);
    return draft.facts;
  });
  return { snapshot: { layers: [...target.snapshot.layers, layer] }, path: target.path };
}
