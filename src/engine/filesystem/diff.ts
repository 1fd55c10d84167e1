import { contentOf } from "./digest.ts";
import { Draft } from "./draft.ts";
import { type LayerStore, layerOf } from "./layer-store.ts";
import { nameOf } from "./paths.ts";
import { placeId, recipeId } from "./recipe.ts";
import { resolvePath } from "./resolve.ts";
import { type TreeNode, childrenOf, statOf } from "./tree.ts";
import { type Directory, EMPTY_SNAPSHOT } from "./types.ts";

/** What `upper` has that `lower` has not, or has otherwise (kind, content, mode, target). Removals are not shown. */
export async function diff(store: LayerStore, lower: Directory, upper: Directory): Promise<Directory> {
  const id = recipeId("diff", placeId(lower), placeId(upper));
  const layer = await layerOf(store, id, async (folder) => {
    const draft = new Draft(folder, EMPTY_SNAPSHOT);
    const before = (await resolvePath(lower, "")).node;
    const after = (await resolvePath(upper, "")).node;
    if (after !== undefined) await copyChanges(draft, before, after, "");
    return draft.facts;
  });
  return { snapshot: { layers: [layer] }, path: "" };
}

async function copyChanges(
  draft: Draft,
  before: TreeNode | undefined,
  after: TreeNode,
  path: string,
): Promise<void> {
  if (before !== undefined && sameParts(before, after)) return;
  const was = before?.kind === "directory" ? await childrenOf(before) : undefined;
  for (const node of (await childrenOf(after)).values()) {
    const name = nameOf(node.path);
    const at = path === "" ? name : `${path}/${name}`;
    const old = was?.get(name);
    const changed = old === undefined || !(await sameEntry(old, node));
    if (node.kind !== "directory") {
      if (changed) await draft.copy(node, at);
      continue;
    }
    if (changed) await draft.directory(at, { like: node });
    await copyChanges(draft, old, node, at);
  }
}

async function sameEntry(a: TreeNode, b: TreeNode): Promise<boolean> {
  if (sameParts(a, b)) return true;
  if (a.kind !== b.kind || (await statOf(a)).mode !== (await statOf(b)).mode) return false;
  return (await contentOf(a)) === (await contentOf(b));
}

// The same places in the same layers: nothing to compare, and for a directory nothing below either.
function sameParts(a: TreeNode, b: TreeNode): boolean {
  return (
    a.parts.length === b.parts.length &&
    a.parts.every((part, position) => part.source === b.parts[position]?.source)
  );
}
