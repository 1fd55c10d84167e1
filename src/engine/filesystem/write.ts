import type { LayerStore } from "./layer-store.ts";
import type { Directory, File, Filter, Ownership } from "./types.ts";

// Every function answers a new Directory of the same path, whose snapshot has one more layer. Parents are made (0755).
// Symlinks in the parents of `path` are followed inside the snapshot.

/** Copies the content of `source` to `path`, merged with what is there. */
export async function withDirectory(
  store: LayerStore,
  target: Directory,
  path: string,
  source: Directory,
  options: Filter & Ownership = {},
): Promise<Directory> {
  throw new Error(`being written: ${[store, target, path, source, options].length}`);
}

/** Copies a file to `path`; into it, under its own name, when `path` is a directory or ends in "/". */
export async function withFile(
  store: LayerStore,
  target: Directory,
  path: string,
  source: File,
  options: Ownership = {},
): Promise<Directory> {
  throw new Error(`being written: ${[store, target, path, source, options].length}`);
}

/** Writes a new file; 0644 unless said. */
export async function withNewFile(
  store: LayerStore,
  target: Directory,
  path: string,
  content: string | Uint8Array,
  options: Ownership = {},
): Promise<Directory> {
  throw new Error(`being written: ${[store, target, path, content, options].length}`);
}

/** Makes a directory (and its parents); 0755 unless said. */
export async function withNewDirectory(
  store: LayerStore,
  target: Directory,
  path: string,
  options: Ownership = {},
): Promise<Directory> {
  throw new Error(`being written: ${[store, target, path, options].length}`);
}

/** A symlink at `path` that says `linkTarget`, which need not exist. */
export async function withSymlink(
  store: LayerStore,
  target: Directory,
  path: string,
  linkTarget: string,
): Promise<Directory> {
  throw new Error(`being written: ${[store, target, path, linkTarget].length}`);
}

/** Without the entry at `path`, whatever it is; nothing there: the same directory. Globs are allowed. */
export async function without(store: LayerStore, target: Directory, path: string): Promise<Directory> {
  throw new Error(`being written: ${[store, target, path].length}`);
}

/** A directory of its own with only the entries the filter takes. */
export async function filtered(store: LayerStore, directory: Directory, filter: Filter): Promise<Directory> {
  throw new Error(`being written: ${[store, directory, filter].length}`);
}

/** What `upper` has that `lower` has not, or has otherwise (content, mode, target); removals are not shown. */
export async function diff(store: LayerStore, lower: Directory, upper: Directory): Promise<Directory> {
  throw new Error(`being written: ${[store, lower, upper].length}`);
}
