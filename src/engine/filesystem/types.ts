// Immutable directory trees. A snapshot is a stack of layers; a Directory and a File are places in a snapshot.

/** Numeric owner of an entry, as an image records it. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * One immutable set of changes. `folder` holds it in overlayfs' notation and is what a sandbox mounts; the lists say
 * the same without needing to look at devices or at file modes that had to be changed to stay readable.
 * Paths are relative to the layer's root, without a leading slash, sorted.
 */
export interface Layer {
  readonly id: string;
  /** Absolute path of the layer's `fs` folder. */
  readonly folder: string;
  /** Names of lower layers that this layer hides. A hidden directory hides everything below it. */
  readonly removed: readonly string[];
  /** Permission bits that differ from the ones on disk. */
  readonly modes: Readonly<Record<string, number>>;
  /** Owners that differ from 0:0. Kept for images; inside a sandbox every file belongs to the one who runs. */
  readonly owners: Readonly<Record<string, Owner>>;
}

/** Layers, lowest first. No layers: the empty directory. */
export interface Snapshot {
  readonly layers: readonly Layer[];
}

/** A directory inside a snapshot. `path` has no leading or trailing slash; "" is the root. */
export interface Directory {
  readonly snapshot: Snapshot;
  readonly path: string;
}

/** A file inside a snapshot. */
export interface File {
  readonly snapshot: Snapshot;
  readonly path: string;
}

/**
 * Which entries take part. `include` and `exclude` are the patterns of a `.dockerignore` file (`*` stays in one
 * folder, `**` crosses folders, `!` takes back); `gitignore` applies the `.gitignore` files found in the tree.
 */
export interface Filter {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly gitignore?: boolean;
}

/** What copied or new entries get instead of what they have. `permissions` is for example 0o644. */
export interface Ownership {
  readonly permissions?: number;
  readonly owner?: Owner;
}

/** What one entry is. `mode` holds the permission bits only. */
export type Stat =
  | { readonly kind: "file"; readonly mode: number; readonly owner: Owner; readonly size: number }
  | { readonly kind: "directory"; readonly mode: number; readonly owner: Owner }
  | { readonly kind: "symlink"; readonly mode: number; readonly owner: Owner; readonly target: string };

export const EMPTY_SNAPSHOT: Snapshot = { layers: [] };
export const EMPTY_DIRECTORY: Directory = { snapshot: EMPTY_SNAPSHOT, path: "" };
