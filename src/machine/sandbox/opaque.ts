import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * The directories of `upper` that hide what lower layers have below them, relative to the root, found by comparing:
 * Node cannot read the attribute in which overlayfs keeps it. Only directories that also exist in a lower layer are
 * looked into, never what an exec created anew. A directory whose lower names are all taken by names in `upper` is
 * not listed itself; those of its directories that hide something are.
 *
 * `merged` is the mounted root, `layers` lowest first. What may not be read counts as hiding nothing.
 */
export async function findOpaque(
  upper: string,
  layers: readonly string[],
  merged: string,
): Promise<string[]> {
  const found: string[] = [];
  await visit({ upper, merged, lowers: layers.toReversed() }, "", found);
  return found.sort();
}

interface Spot {
  readonly upper: string;
  readonly merged: string;
  /** The same directory in the lower layers that have it, topmost first. */
  readonly lowers: readonly string[];
}

async function visit(spot: Spot, path: string, found: string[]): Promise<void> {
  const own = await entriesOf(spot.upper);
  if (path !== "" && (await isOpaque(spot, own))) {
    found.push(path);
    return;
  }
  for (const entry of own) {
    if (!entry.isDirectory()) continue;
    const lowers = await foldersNamed(spot.lowers, entry.name);
    if (lowers.length === 0) continue;
    const next = { upper: join(spot.upper, entry.name), merged: join(spot.merged, entry.name), lowers };
    await visit(next, path === "" ? entry.name : `${path}/${entry.name}`, found);
  }
}

async function isOpaque(spot: Spot, own: readonly Dirent[]): Promise<boolean> {
  const visible = new Set((await entriesOf(spot.merged)).map((entry) => entry.name));
  const replaced = new Set(own.map((entry) => entry.name));
  const removed = new Set<string>();
  for (const lower of spot.lowers) {
    for (const entry of await entriesOf(lower)) {
      if (entry.isCharacterDevice()) removed.add(entry.name);
      if (removed.has(entry.name) || replaced.has(entry.name)) continue;
      // The first name that only lower layers have decides.
      return !visible.has(entry.name);
    }
  }
  return false;
}

/** The directories of that name which merge: down to the first layer in which the name is something else. */
async function foldersNamed(lowers: readonly string[], name: string): Promise<string[]> {
  const folders: string[] = [];
  for (const lower of lowers) {
    const place = join(lower, name);
    const stats = await lstat(place).catch(() => undefined);
    if (stats === undefined) continue;
    if (!stats.isDirectory()) break;
    folders.push(place);
  }
  return folders;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
