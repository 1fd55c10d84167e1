import type { PackedLayer } from "../../machine/oci/pack-layer.ts";
import type { LayerStore } from "./layer-store.ts";
import type { Layer, Snapshot } from "./types.ts";

/** Unpacks an image's layer blobs (files on disk, lowest first) into the store; known layers are not unpacked again. */
export async function snapshotFromImage(
  store: LayerStore,
  layers: readonly { readonly digest: string; readonly mediaType: string; readonly file: string }[],
): Promise<Snapshot> {
  throw new Error(`being written: ${store.folder}${layers.length}`);
}

/** The layer as a reproducible tar.gz in the store, made once. */
export async function packedLayer(store: LayerStore, layer: Layer): Promise<PackedLayer> {
  throw new Error(`being written: ${store.folder}${layer.id}`);
}
