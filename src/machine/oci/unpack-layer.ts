import type { Readable } from "node:stream";

export interface UnpackLimits {
  /** Bytes of all files together. */
  readonly bytes: number;
  readonly entries: number;
}

export interface UnpackedLayer {
  /** Names of lower layers that the layer hides (`.wh.name`). */
  readonly removed: readonly string[];
  /** Directories that hide all that lower layers have in them (`.wh..wh..opq`). */
  readonly opaque: readonly string[];
  readonly modes: Readonly<Record<string, number>>;
  readonly owners: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>;
  readonly diffId: string;
}

/**
 * Unpacks a layer (tar, tar+gzip, tar+zstd by its first bytes) into an empty folder. No devices are made: removals are
 * answered as lists. Throws LAYER_UNSAFE for paths that leave the folder, devices and sizes above the limits.
 */
export async function unpackLayer(
  source: Readable,
  folder: string,
  limits?: UnpackLimits,
): Promise<UnpackedLayer> {
  throw new Error(`being written: ${folder}${source.readable}${limits?.bytes}`);
}
