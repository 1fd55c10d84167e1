import { Draft } from "./draft.ts";
import { type LayerStore, layerOf } from "./layer-store.ts";
import { below } from "./paths.ts";
import { noSuchDirectory } from "./problems.ts";
import { directoryAt } from "./read.ts";
import { placeId, recipeId } from "./recipe.ts";
import { resolvePath } from "./resolve.ts";
import { select } from "./selection.ts";
import { TREE_SOURCE } from "./tree-source.ts";
import { type Directory, EMPTY_DIRECTORY, type Filter, type Ownership } from "./types.ts";

/** The same directory with the content of `source` at `path`, merged with what is there. Throws NO_SUCH_DIRECTORY. */
export async function withDirectory(
  store: LayerStore,
  target: Directory,
  path: string,
  source: Directory,
  options: Filter & Ownership = {},
): Promise<Directory> {
  const place = await resolvePath(target, path);
  if (place.node !== undefined && place.node.kind !== "directory")
    throw noSuchDirectory(place.path, "this is a file, not a directory");
  const from = await directoryAt(source, "");
  const onto = { snapshot: target.snapshot, path: place.path };
  if (isWhole(onto, from, options)) return from;

  const { include, exclude, gitignore, permissions, owner } = options;
  const how = [include, exclude, gitignore, permissions, owner?.uid, owner?.gid];
  const id = recipeId("directory", placeId(onto), placeId(from), how);
  const layer = await layerOf(store, id, async (folder) => {
    const draft = new Draft(folder, target.snapshot);
    const { node } = await resolvePath(from, "");
    await draft.directory(onto.path, node === undefined ? options : { ...options, like: node });
    for (const entry of node === undefined ? [] : await select(TREE_SOURCE, node, options)) {
      const at = below(onto.path, entry.path);
      if (entry.kind === "directory") await draft.directory(at, { ...options, like: entry.ref });
      else await draft.copy(entry.ref, at, options);
    }
    return draft.facts;
  });
  return { snapshot: { layers: [...target.snapshot.layers, layer] }, path: target.path };
}

/** A directory of its own with only the entries the filter takes. */
export function filtered(store: LayerStore, directory: Directory, filter: Filter): Promise<Directory> {
  return withDirectory(store, EMPTY_DIRECTORY, "", directory, filter);
}

// A whole snapshot put into nothing, unfiltered, is itself.
function isWhole(onto: Directory, from: Directory, options: Filter & Ownership): boolean {
  return (
    onto.snapshot.layers.length === 0 &&
    onto.path === "" &&
    from.path === "" &&
    Object.values(options).every((option) => option === undefined || option === false)
  );
}
