import { Draft } from "./draft.ts";
import { type LayerStore, layerOf } from "./layer-store.ts";
import { nameOf } from "./paths.ts";
import { noSuchFile } from "./problems.ts";
import { fileNode } from "./read.ts";
import { layerIds, placeId, recipeId } from "./recipe.ts";
import { resolvePath } from "./resolve.ts";
import type { Directory, File, Ownership } from "./types.ts";

/**
 * The same directory with a copy of a file at `path`; when `path` is a directory, in it, under the file's own name.
 * Throws NO_SUCH_FILE.
 */
export async function withFile(
  store: LayerStore,
  target: Directory,
  path: string,
  source: File,
  options: Ownership = {},
): Promise<Directory> {
  const node = await fileNode(source);
  const into = (await resolvePath(target, path)).node?.kind === "directory";
  const place = await filePlace(target, into ? `${path}/${nameOf(source.path)}` : path);

  const how = [options.permissions, options.owner?.uid, options.owner?.gid];
  const from = placeId({ snapshot: source.snapshot, path: node.path });
  const id = recipeId("file", layerIds(target.snapshot), place, from, how);
  const layer = await layerOf(store, id, async (folder) => {
    const draft = new Draft(folder, target.snapshot);
    await draft.copy(node, place, options);
    return draft.facts;
  });
  return { snapshot: { layers: [...target.snapshot.layers, layer] }, path: target.path };
}

/** The same directory with a new file, 0644 unless said. Throws NO_SUCH_FILE when `path` is a directory. */
export async function withNewFile(
  store: LayerStore,
  target: Directory,
  path: string,
  content: string | Uint8Array,
  options: Ownership = {},
): Promise<Directory> {
  const place = await filePlace(target, path);

  const how = [options.permissions, options.owner?.uid, options.owner?.gid];
  const id = recipeId("new-file", layerIds(target.snapshot), place, Buffer.from(content), how);
  const layer = await layerOf(store, id, async (folder) => {
    const draft = new Draft(folder, target.snapshot);
    await draft.file(place, content, options);
    return draft.facts;
  });
  return { snapshot: { layers: [...target.snapshot.layers, layer] }, path: target.path };
}

async function filePlace(target: Directory, path: string): Promise<string> {
  const place = await resolvePath(target, path);
  if (place.path === "" || place.node?.kind === "directory")
    throw noSuchFile(place.path, "this is a directory, not a file");
  return place.path;
}
