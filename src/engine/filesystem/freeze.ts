import type { LayerStore } from "./layer-store.ts";
import type { Snapshot } from "./types.ts";

export interface ExecChanges {
  /** The folder that received the changes; it is moved into the store. Must lie on the store's file system. */
  readonly upper: string;
  /** Directories of `upper` that hide what lies below them. */
  readonly opaque: readonly string[];
  /** Names that were removed and have no whiteout device in `upper`. */
  readonly removed?: readonly string[];
}

/** Freezes what an exec wrote on top of `lower` as one more layer (a rename, no copy). No changes: `lower` itself. */
export async function snapshotFromExec(
  store: LayerStore,
  lower: Snapshot,
  changes: ExecChanges,
): Promise<Snapshot> {
  throw new Error(`being written: ${store.folder}${lower.layers.length}${changes.upper}`);
}
