/** A directory in overlay notation with what the disk cannot say. The store's `Layer` is one. */
export interface LayerContent {
  readonly folder: string;
  readonly removed: readonly string[];
  readonly modes: Readonly<Record<string, number>>;
  readonly owners: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>;
}

export interface PackedLayer {
  /** Path of the tar.gz. */
  readonly file: string;
  /** Digest of the compressed file. */
  readonly digest: string;
  /** Digest of the tar inside. */
  readonly diffId: string;
  /** Bytes of the compressed file. */
  readonly size: number;
}

/** Writes a reproducible tar.gz of the layer to `file`: sorted, times 0, no names of users; removals as `.wh.` entries. */
export async function packLayer(layer: LayerContent, file: string): Promise<PackedLayer> {
  throw new Error(`being written: ${layer.folder}${file}`);
}
