import { mkdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type LayerFacts, readFacts, writeFacts } from "./layer-file.ts";
import { removeTree } from "./remove-tree.ts";
import { newScratchFolder, sweepScratch } from "./scratch.ts";
import type { Layer, Snapshot } from "./types.ts";
import { placeWhiteouts } from "./whiteouts.ts";

/**
 * The layers on disk: `<folder>/layers/<id>/{fs,layer.json}`, and `<folder>/tmp` for what is not finished. A layer
 * appears by a rename, so a killed process leaves none half written; a loss of power might.
 */
export interface LayerStore {
  readonly folder: string;
  /** Layers this process has seen or is making, by id. */
  readonly known: Map<string, Promise<Layer | undefined>>;
}

/** Opens (and makes) the store and removes what killed processes left in its `tmp`. */
export async function openLayerStore(folder: string): Promise<LayerStore> {
  const store = { folder: resolve(folder), known: new Map() };
  await mkdir(join(store.folder, "layers"), { recursive: true, mode: 0o700 });
  await sweepScratch(join(store.folder, "tmp"));
  return store;
}

/** A new empty folder on the store's file system, for example for an exec's `upper`. The caller removes or freezes it. */
export function scratchFolder(store: LayerStore): Promise<string> {
  return newScratchFolder(join(store.folder, "tmp"));
}

/** The layer of that id, or undefined if the store does not have it. */
export async function findLayer(store: LayerStore, id: string): Promise<Layer | undefined> {
  const seen = store.known.get(id);
  if (seen !== undefined) return seen;
  const reading = readLayer(store, id);
  store.known.set(id, reading);
  const layer = await reading;
  if (layer === undefined && store.known.get(id) === reading) store.known.delete(id);
  return layer;
}

/** The snapshot made of these layer ids (lowest first), or undefined if one of them is gone. */
export async function findSnapshot(store: LayerStore, ids: readonly string[]): Promise<Snapshot | undefined> {
  const layers: Layer[] = [];
  for (const id of ids) {
    const layer = await findLayer(store, id);
    if (layer === undefined) return undefined;
    layers.push(layer);
  }
  return { layers };
}

/**
 * The layer of that id, made by `fill` (which gets an empty folder) when the store does not have it yet. The id must
 * say all that the content depends on. Two callers with one id share one run.
 */
export async function layerOf(
  store: LayerStore,
  id: string,
  fill: (folder: string) => Promise<LayerFacts>,
): Promise<Layer> {
  const found = await findLayer(store, id);
  if (found !== undefined) return found;
  // Another caller may have begun while this one looked.
  const running = await store.known.get(id);
  if (running !== undefined) return running;
  const making = makeLayer(store, id, fill);
  store.known.set(id, making);
  try {
    return await making;
  } catch (error) {
    store.known.delete(id);
    throw error;
  }
}

async function makeLayer(
  store: LayerStore,
  id: string,
  fill: (folder: string) => Promise<LayerFacts>,
): Promise<Layer> {
  const draft = await scratchFolder(store);
  try {
    const fs = join(draft, "fs");
    await mkdir(fs, { mode: 0o755 });
    return await placeLayer(store, id, draft, await fill(fs));
  } finally {
    await removeTree(draft);
  }
}

/** Completes `<draft>/fs` and moves it to its place; another process that was faster wins. */
export async function placeLayer(
  store: LayerStore,
  id: string,
  draft: string,
  facts: LayerFacts,
): Promise<Layer> {
  await placeWhiteouts(store.folder, join(draft, "fs"), facts.removed);
  await writeFile(join(draft, "layer.json"), writeFacts(facts));
  const home = join(store.folder, "layers", id);
  await rename(draft, home).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  const layer = await readLayer(store, id);
  if (layer === undefined) throw new Error(`the layer ${id} is not readable at ${home}`);
  store.known.set(id, Promise.resolve(layer));
  return layer;
}

async function readLayer(store: LayerStore, id: string): Promise<Layer | undefined> {
  const home = join(store.folder, "layers", id);
  const file = join(home, "layer.json");
  try {
    const facts = readFacts(await readFile(file, "utf8"));
    if (facts === undefined) return undefined;
    // The time of last use, for whoever wants to remove old layers.
    const now = new Date();
    await utimes(file, now, now);
    return { id, folder: join(home, "fs"), ...facts };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
