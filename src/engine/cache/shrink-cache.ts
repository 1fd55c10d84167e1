import { randomUUID } from "node:crypto";
import { lstatSync, readdirSync, type Stats } from "node:fs";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Turns } from "../../machine/oci/turns.ts";
import { removeTree } from "../filesystem/remove-tree.ts";

interface Item {
  readonly path: string;
  readonly usedAt: number;
  readonly bytes: number;
}

/**
 * Removes the longest unused layers, packed layers, blobs and cache volumes until the cache holds at most `bytes`.
 * Results whose layers are gone are misses. Nobody may be using the cache.
 */
export async function shrinkCache(folder: string, bytes: number): Promise<void> {
  const items = [
    ...(await itemsIn(join(folder, "layers"), "layer.json")),
    ...(await itemsIn(join(folder, "packed"), "packed.json")),
    ...(await itemsIn(join(folder, "blobs"))),
    ...(await volumes(join(folder, "volumes"))),
  ].toSorted((a, b) => a.usedAt - b.usedAt);

  let total = items.reduce((sum, item) => sum + item.bytes, 0);
  for (const item of items) {
    if (total <= bytes) return;
    // Out of sight first: a half removed layer must not be found by the next engine if this process is killed.
    const gone = join(folder, "tmp", `0-0-${randomUUID()}`);
    await rename(item.path, gone);
    await removeTree(gone);
    total -= item.bytes;
  }
}

/** `marker`: the file in each item whose time says when it was last used; without it the item's own time does. */
async function itemsIn(folder: string, marker?: string): Promise<Item[]> {
  const items: Item[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const used = await stat(marker === undefined ? path : join(path, marker)).catch(() => undefined);
    items.push({ path, usedAt: used?.mtimeMs ?? 0, bytes: await knownSize(path, marker !== undefined) });
  }
  return items;
}

async function volumes(folder: string): Promise<Item[]> {
  const lists = await Promise.all(
    (await namesIn(folder)).map(async (name) => await itemsIn(join(folder, name))),
  );
  return lists.flat();
}

/** Layers never change, so their size is written down beside them once. */
async function knownSize(path: string, unchanging: boolean): Promise<number> {
  const note = join(path, "size");
  const noted = unchanging ? Number(await readFile(note, "utf8").catch(() => Number.NaN)) : Number.NaN;
  if (Number.isFinite(noted)) return noted;

  const bytes = await sizeOf(path, new Turns());
  if (unchanging) await writeFile(note, String(bytes)).catch(() => {});
  return bytes;
}

async function sizeOf(path: string, turns: Turns): Promise<number> {
  await turns.next();
  const found = statsOf(path);
  if (found === undefined) return 0;
  // Files that several layers share by hard links take their room once; each gets its part of it.
  const own = (found.blocks * 512) / Math.max(1, found.isDirectory() ? 1 : found.nlink);
  if (!found.isDirectory()) return own;
  let total = own;
  for (const name of namesBelow(path)) total += await sizeOf(join(path, name), turns);
  return total;
}

// Without waiting: of thousands of files each wait would cost several times the look.
function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function namesBelow(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
