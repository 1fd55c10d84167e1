import { Draft } from "./draft.ts";
import { type LayerStore, layerOf } from "./layer-store.ts";
import { layerIds, recipeId } from "./recipe.ts";
import { select } from "./selection.ts";
import { TREE_SOURCE } from "./tree-source.ts";
import { rootOf } from "./tree.ts";
import { type Directory, EMPTY_DIRECTORY, EMPTY_SNAPSHOT, type Snapshot } from "./types.ts";
import { withDirectory } from "./with-directory.ts";

/** The same tree in one layer if the snapshot has more than `limit` layers; a mount has room for a limited number. */
export async function flatten(store: LayerStore, snapshot: Snapshot, limit = 80): Promise<Snapshot> {
  if (snapshot.layers.length <= limit) return snapshot;
  const id = recipeId("flat", layerIds(snapshot));
  const layer = await layerOf(store, id, (folder) =>
    copyAll(snapshot, new Draft(folder, EMPTY_SNAPSHOT)).then((draft) => draft.facts),
  );
  return { layers: [layer] };
}

/** The directory as the root of a snapshot of its own, for example to use it as a root file system. */
export async function asRoot(store: LayerStore, directory: Directory): Promise<Snapshot> {
  if (directory.path === "") return directory.snapshot;
  return (await withDirectory(store, EMPTY_DIRECTORY, "", directory)).snapshot;
}

/** Writes the whole tree into an empty folder, for a sandbox without overlayfs. Nothing is shared with the store. */
export async function materialise(snapshot: Snapshot, folder: string): Promise<void> {
  await copyAll(snapshot, new Draft(folder, EMPTY_SNAPSHOT, { copies: true }));
}

async function copyAll(snapshot: Snapshot, draft: Draft): Promise<Draft> {
  const root = rootOf(snapshot);
  if (root === undefined) return draft;
  await draft.directory("", { like: root });
  for (const { path, kind, ref } of await select(TREE_SOURCE, root, {})) {
    if (kind === "directory") await draft.directory(path, { like: ref });
    else await draft.copy(ref, path);
  }
  return draft;
}
