import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { type PackedLayer, packLayer } from "../../machine/oci/pack-layer.ts";
import { type UnpackedLayer, unpackLayer } from "../../machine/oci/unpack-layer.ts";
import { type LayerStore, layerOf, scratchFolder } from "./layer-store.ts";
import { effectiveRemovals } from "./removals.ts";
import { recipeId } from "./recipe.ts";
import { removeTree } from "./remove-tree.ts";
import type { Layer, Snapshot } from "./types.ts";

/** A layer of an image as it was pulled. */
export interface PulledLayer {
  /** Path of the blob. */
  readonly file: string;
  /** Digest of the tar inside, as the image's config names it. */
  readonly diffId: string;
}

/**
 * Unpacks an image's layers (lowest first) into the store; known ones are not unpacked again. Throws LAYER_UNSAFE,
 * DIGEST_MISMATCH.
 */
export async function snapshotFromImage(
  store: LayerStore,
  pulled: readonly PulledLayer[],
): Promise<Snapshot> {
  let snapshot: Snapshot = { layers: [] };
  const chain: string[] = [];
  for (const { file, diffId } of pulled) {
    chain.push(diffId);
    const lower = snapshot;
    // What a layer removes is told apart by what lies below it, so the id covers the whole chain.
    const layer = await layerOf(store, recipeId("image", chain), async (folder) => {
      const unpacked = await unpackLayer(createReadStream(file), folder);
      checkDiffId(unpacked, file, diffId);
      const removed = await effectiveRemovals(lower, folder, unpacked);
      return { removed, modes: unpacked.modes, owners: unpacked.owners };
    });
    snapshot = { layers: [...snapshot.layers, layer] };
  }
  return snapshot;
}

/** The layer as a reproducible tar.gz in the store, made once. */
export async function packedLayer(store: LayerStore, layer: Layer): Promise<PackedLayer> {
  const home = join(store.folder, "packed", layer.id);
  const known = await readPacked(home);
  if (known !== undefined) return known;
  const draft = await scratchFolder(store);
  try {
    const packed = await packLayer(layer, join(draft, "layer.tar.gz"));
    await writeFile(join(draft, "packed.json"), JSON.stringify({ ...packed, file: undefined }));
    await mkdir(join(store.folder, "packed"), { recursive: true });
    await rename(draft, home).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
    return { ...packed, file: join(home, "layer.tar.gz") };
  } finally {
    await removeTree(draft);
  }
}

async function readPacked(home: string): Promise<PackedLayer | undefined> {
  try {
    const facts = JSON.parse(await readFile(join(home, "packed.json"), "utf8")) as Omit<PackedLayer, "file">;
    return { ...facts, file: join(home, "layer.tar.gz") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function checkDiffId(unpacked: UnpackedLayer, file: string, expected: string): void {
  if (unpacked.diffId === expected) return;
  throw new SlipwayError(
    {
      code: "DIGEST_MISMATCH",
      at: file,
      says: `the layer holds ${unpacked.diffId}, the image's config says ${expected}`,
      hint: "build and push the image again",
    },
    "verifyFailed",
  );
}
