import { createHash } from "node:crypto";
import { digestOfFile } from "../../machine/oci/digest.ts";
import { Turns } from "../../machine/oci/turns.ts";
import { nameOf } from "./paths.ts";
import { fileNode } from "./read.ts";
import { resolvePath } from "./resolve.ts";
import { select } from "./selection.ts";
import { TREE_SOURCE } from "./tree-source.ts";
import { type TreeNode, statOf } from "./tree.ts";
import type { Directory, File, Layer } from "./types.ts";

/** One entry as it counts for a digest. `content` is a file's digest or a symlink's target. */
export interface DigestEntry {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly content: string;
}

/** `sha256:…` over path, kind, mode and content of every entry: independent of layers, times and owners. */
export async function digestDirectory(directory: Directory): Promise<string> {
  const { node } = await resolvePath(directory, "");
  const chosen = node === undefined ? [] : await select(TREE_SOURCE, node, {});
  const entries: DigestEntry[] = [];
  const turns = new Turns();
  for (const { path, kind, ref } of chosen) {
    await turns.next();
    entries.push({ path, kind, mode: (await statOf(ref)).mode, content: await contentOf(ref) });
  }
  return digestOfEntries(entries);
}

/** The digest of a listing, in the order in which a walk gives it: by name, each directory before its content. */
export function digestOfEntries(entries: Iterable<DigestEntry>): string {
  const hash = createHash("sha256");
  for (const { path, kind, mode, content } of entries) {
    // No name and no target holds a NUL, so no two listings run into each other.
    hash.update([path, kind, mode.toString(8), content, ""].join("\0"));
  }
  return `sha256:${hash.digest("hex")}`;
}

/** `sha256:…` of a file's name, mode and content, or of the content alone. Throws NO_SUCH_FILE. */
export async function digestFile(file: File, options: { excludeMetadata?: boolean } = {}): Promise<string> {
  const node = await fileNode(file);
  const content = await contentOf(node);
  if (options.excludeMetadata === true) return content;
  return digestOfEntries([
    { path: nameOf(node.path), kind: "file", mode: (await statOf(node)).mode, content },
  ]);
}

const KNOWN = new WeakMap<Layer, Map<string, Promise<string>>>();

/** A file's digest, a symlink's target, nothing for a directory. Layers never change: each file is read once. */
export async function contentOf(node: TreeNode): Promise<string> {
  if (node.kind === "directory") return "";
  const stat = await statOf(node);
  if (stat.kind === "symlink") return stat.target;
  const { layer, source } = node.parts[0];
  const known = KNOWN.get(layer) ?? new Map<string, Promise<string>>();
  KNOWN.set(layer, known);
  const digest = known.get(node.path) ?? digestOfFile(source);
  known.set(node.path, digest);
  return digest;
}
