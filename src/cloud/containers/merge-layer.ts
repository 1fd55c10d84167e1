import { chmod, lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** What a layer hides of those below it; paths relative to the root. */
export interface Hidden {
  readonly removed: readonly string[];
  readonly opaque: readonly string[];
}

/** Moves an unpacked layer over a root that holds the layers below it. The layer's folder is used up. */
export async function mergeLayer(layer: string, root: string, hidden: Hidden): Promise<void> {
  for (const path of hidden.opaque) await empty(join(root, path));
  for (const path of hidden.removed) await rm(join(root, path), { recursive: true, force: true });
  await moveOver(layer, root);
}

async function moveOver(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    const there = await lstat(target).catch(() => undefined);
    if (entry.isDirectory() && there?.isDirectory() === true) {
      const { mode } = await lstat(source);
      await moveOver(source, target);
      await chmod(target, mode & 0o7777);
      continue;
    }
    if (there?.isDirectory() === true) await rm(target, { recursive: true });
    else if (there !== undefined && entry.isDirectory()) await rm(target);
    await rename(source, target);
  }
}

async function empty(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
