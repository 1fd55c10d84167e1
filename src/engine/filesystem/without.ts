import { Draft } from "./draft.ts";
import { type LayerStore, layerOf } from "./layer-store.ts";
import { below, foldersAbove } from "./paths.ts";
import { glob } from "./read.ts";
import { layerIds, recipeId } from "./recipe.ts";
import { resolvePath } from "./resolve.ts";
import type { Directory } from "./types.ts";

/**
 * The same directory without the entry at `path`, whatever it is; a symlink is removed, not what it points to. `path`
 * may be a pattern. Nothing there: the same directory.
 */
export async function without(store: LayerStore, target: Directory, path: string): Promise<Directory> {
  const gone = await matching(target, path);
  if (gone.length === 0) return target;

  const layer = await layerOf(store, recipeId("without", layerIds(target.snapshot), gone), async (folder) => {
    const draft = new Draft(folder, target.snapshot);
    for (const entry of gone) await draft.remove(entry);
    return draft.facts;
  });
  return { snapshot: { layers: [...target.snapshot.layers, layer] }, path: target.path };
}

async function matching(target: Directory, path: string): Promise<string[]> {
  const literal = await resolvePath(target, path, { followLast: false });
  if (literal.node !== undefined && literal.path !== "") return [literal.path];
  if (!/[*?[]/.test(path)) return [];
  const base = (await resolvePath(target, "")).path;
  const found = new Set((await glob(target, path)).map((match) => below(base, match)));
  return [...found].filter((match) => !foldersAbove(match).some((folder) => found.has(folder)));
}
