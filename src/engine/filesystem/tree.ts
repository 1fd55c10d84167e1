import { type Dirent, lstatSync, readlinkSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { byName, nameOf, parentOf } from "./paths.ts";
import type { Layer, Snapshot, Stat } from "./types.ts";

/** One entry of the union: where its content lies. A directory may come from several layers, uppermost first. */
export interface TreeNode {
  readonly kind: "file" | "directory" | "symlink";
  /** Path in the snapshot. */
  readonly path: string;
  readonly parts: readonly [Part, ...Part[]];
  children?: Promise<ReadonlyMap<string, TreeNode>>;
}

interface Part {
  readonly layer: Layer;
  /** Absolute path on disk. */
  readonly source: string;
}

const ROOTS = new WeakMap<Snapshot, TreeNode | undefined>();
const LISTINGS = new WeakMap<Layer, Map<string, Promise<Dirent[]>>>();
const REMOVALS = new WeakMap<Layer, ReadonlyMap<string, ReadonlySet<string>>>();

/** The root of a snapshot's union; undefined when it has no layers and so nothing to read. */
export function rootOf(snapshot: Snapshot): TreeNode | undefined {
  if (ROOTS.has(snapshot)) return ROOTS.get(snapshot);
  const [top, ...rest] = snapshot.layers.toReversed().map((layer) => ({ layer, source: layer.folder }));
  const root: TreeNode | undefined =
    top === undefined ? undefined : { kind: "directory", path: "", parts: [top, ...rest] };
  ROOTS.set(snapshot, root);
  return root;
}

/** The entries of a directory by name, sorted: each layer hides what lower ones have under the same name. */
export function childrenOf(directory: TreeNode): Promise<ReadonlyMap<string, TreeNode>> {
  directory.children ??= union(directory);
  return directory.children;
}

/** What an entry is, with the mode and owner that the layer remembers. */
export async function statOf(node: TreeNode): Promise<Stat> {
  const { layer, source } = node.parts[0];
  const found = lstatSync(source);
  const mode = layer.modes[node.path] ?? found.mode & 0o7777;
  const owner = layer.owners[node.path] ?? { uid: 0, gid: 0 };
  switch (node.kind) {
    case "file":
      return { kind: "file", mode, owner, size: found.size };
    case "symlink":
      return { kind: "symlink", mode: 0o777, owner, target: readlinkSync(source) };
    case "directory":
      return { kind: "directory", mode, owner };
    default:
      return node.kind satisfies never;
  }
}

async function union(directory: TreeNode): Promise<ReadonlyMap<string, TreeNode>> {
  const merged = new Map<string, TreeNode["kind"]>();
  const parts = new Map<string, [Part, ...Part[]]>();
  const closed = new Set<string>();
  for (const { layer, source } of directory.parts) {
    for (const dirent of await listing(layer, directory.path, source)) {
      const kind = kindOf(dirent);
      if (closed.has(dirent.name) || kind === undefined) continue;
      const part = { layer, source: join(source, dirent.name) };
      const above = parts.get(dirent.name);
      if (above === undefined) {
        merged.set(dirent.name, kind);
        parts.set(dirent.name, [part]);
      } else if (kind === "directory") above.push(part);
      if (kind !== "directory") closed.add(dirent.name);
    }
    for (const name of removedIn(layer, directory.path)) closed.add(name);
  }
  const sorted = [...parts].sort(([a], [b]) => byName(a, b));
  return new Map(
    sorted.map(([name, found]) => {
      const path = directory.path === "" ? name : `${directory.path}/${name}`;
      return [name, { kind: merged.get(name) ?? "file", path, parts: found }];
    }),
  );
}

// Layers never change, so a folder is listed once per process however many snapshots share the layer.
function listing(layer: Layer, path: string, source: string): Promise<Dirent[]> {
  let lists = LISTINGS.get(layer);
  if (lists === undefined) LISTINGS.set(layer, (lists = new Map()));
  let list = lists.get(path);
  if (list === undefined) lists.set(path, (list = readdir(source, { withFileTypes: true })));
  return list;
}

function removedIn(layer: Layer, folder: string): Iterable<string> {
  let byFolder = REMOVALS.get(layer);
  if (byFolder === undefined) {
    const built = new Map<string, Set<string>>();
    for (const path of layer.removed) {
      const names = built.get(parentOf(path)) ?? new Set();
      built.set(parentOf(path), names.add(nameOf(path)));
    }
    REMOVALS.set(layer, (byFolder = built));
  }
  return byFolder.get(folder) ?? [];
}

// Whiteouts are devices; sockets and pipes are nobody's content. None of them is an entry.
function kindOf(dirent: Dirent): TreeNode["kind"] | undefined {
  if (dirent.isFile()) return "file";
  if (dirent.isDirectory()) return "directory";
  return dirent.isSymbolicLink() ? "symlink" : undefined;
}
