import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type LayerStore, openLayerStore } from "../../../src/engine/filesystem/layer-store.ts";
import { removeTree } from "../../../src/engine/filesystem/remove-tree.ts";

/** A folder of its own that is gone after the test. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-filesystem-"));
  onTestFinished(() => removeTree(folder));
  return folder;
}

/** A store of its own that is gone after the test. */
export async function aStore(): Promise<LayerStore> {
  return openLayerStore(join(await aFolder(), "store"));
}
