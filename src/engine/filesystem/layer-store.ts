import type { Layer, Snapshot } from "./types.ts";

/** The layers on disk: `<folder>/layers/<id>/{fs,layer.json}`, and `<folder>/tmp` for what is not finished. */
export interface LayerStore {
  readonly folder: string;
}

/** Opens (and makes) the store and removes what killed processes left in its `tmp`. */
export async function openLayerStore(folder: string): Promise<LayerStore> {
  throw new Error(`being written: ${folder}`);
}

/** A new empty folder on the store's file system, for example for an exec's `upper`. The caller removes or freezes it. */
export async function scratchFolder(store: LayerStore): Promise<string> {
  throw new Error(`being written: ${store.folder}`);
}

/** The layer of that id, or undefined if the store does not have it. */
export async function findLayer(store: LayerStore, id: string): Promise<Layer | undefined> {
  throw new Error(`being written: ${store.folder}${id}`);
}

/** The snapshot made of these layer ids (lowest first), or undefined if one of them is gone. */
export async function findSnapshot(store: LayerStore, ids: readonly string[]): Promise<Snapshot | undefined> {
  throw new Error(`being written: ${store.folder}${ids.length}`);
}
