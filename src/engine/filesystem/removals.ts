import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { byName } from "./paths.ts";
import { type TreeNode, childrenOf, rootOf } from "./tree.ts";
import type { Snapshot } from "./types.ts";

/**
 * The names that a layer hides, as a plain list that needs no "opaque" folders: those cannot be marked without the
 * extended attributes that Node does not write. Names that no lower layer has are left out, because overlayfs shows the
 * device of a whiteout that hides nothing.
 */
export async function effectiveRemovals(
  lower: Snapshot,
  folder: string,
  claims: { readonly removed: readonly string[]; readonly opaque: readonly string[] },
): Promise<string[]> {
  const removed = new Set<string>();
  for (const path of claims.removed) {
    const node = await nodeAt(lower, path);
    // Removed and made again in one layer: what it holds replaces all that was there.
    if (node !== undefined) await hide(node, folder, removed);
  }
  for (const path of claims.opaque) {
    const node = await nodeAt(lower, path);
    if (node?.kind !== "directory") continue;
    for (const child of (await childrenOf(node)).values()) await hide(child, folder, removed);
  }
  return [...removed].sort(byName);
}

async function hide(node: TreeNode, folder: string, removed: Set<string>): Promise<void> {
  const own = await kindOf(join(folder, node.path));
  if (own === undefined) removed.add(node.path);
  else if (own === "directory" && node.kind === "directory")
    for (const child of (await childrenOf(node)).values()) await hide(child, folder, removed);
}

async function kindOf(place: string): Promise<"directory" | "other" | undefined> {
  const found = await lstat(place).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? "directory" : "other";
}

async function nodeAt(snapshot: Snapshot, path: string): Promise<TreeNode | undefined> {
  let node = rootOf(snapshot);
  for (const name of path === "" ? [] : path.split("/")) {
    if (node?.kind !== "directory") return undefined;
    node = (await childrenOf(node)).get(name);
  }
  return node;
}
