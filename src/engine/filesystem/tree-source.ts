import { readFile } from "node:fs/promises";
import { nameOf } from "./paths.ts";
import type { Source } from "./selection.ts";
import { type TreeNode, childrenOf } from "./tree.ts";

/** The union of a snapshot as something to select from. */
export const TREE_SOURCE: Source<TreeNode> = {
  async list(directory) {
    const children = await childrenOf(directory);
    return [...children.values()].map((ref) => ({ name: nameOf(ref.path), kind: ref.kind, ref }));
  },
  read: (file) => readFile(file.parts[0].source, "utf8"),
};
