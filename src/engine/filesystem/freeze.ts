import { chmod, lstat, readdir, rename, rm } from "node:fs/promises";
import type { Dirent } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { LayerFacts } from "./layer-file.ts";
import { type LayerStore, placeLayer, scratchFolder } from "./layer-store.ts";
import { byName } from "./paths.ts";
import { removeTree } from "./remove-tree.ts";
import type { Snapshot } from "./types.ts";

export interface ExecChanges {
  /** The folder that received the changes; it is moved into the store. Must lie on the store's file system. */
  readonly upper: string;
  /** Directories of `upper` that hide what lies below them. */
  readonly opaque: readonly string[];
  /** Names that were removed and have no whiteout device in `upper`. */
  readonly removed?: readonly string[];
}

/** Freezes what an exec wrote on top of `lower` as one more layer (a rename, no copy). No changes: `lower` itself. */
export async function snapshotFromExec(
  store: LayerStore,
  lower: Snapshot,
  changes: ExecChanges,
): Promise<Snapshot> {
  const found: Found = { removed: [...changes.opaque, ...(changes.removed ?? [])], modes: {}, entries: 0 };
  await settle(changes.upper, "", found);
  if (found.entries === 0 && found.removed.length === 0) {
    await removeTree(changes.upper);
    return lower;
  }
  const draft = await scratchFolder(store);
  try {
    await rename(changes.upper, join(draft, "fs"));
    const removed = [...new Set(found.removed)].sort(byName);
    const facts: LayerFacts = { removed, modes: found.modes, owners: {} };
    const layer = await placeLayer(store, `exec-${randomBytes(16).toString("hex")}`, draft, facts);
    return { layers: [...lower.layers, layer] };
  } finally {
    await removeTree(draft);
  }
}

interface Found {
  readonly removed: string[];
  readonly modes: Record<string, number>;
  entries: number;
}

/** Notes whiteouts, drops sockets and pipes, and makes everything readable for its owner. */
async function settle(folder: string, path: string, found: Found): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inside = path === "" ? entry.name : `${path}/${entry.name}`;
    const place = join(folder, entry.name);
    if (await isWhiteout(entry, place)) {
      found.removed.push(inside);
      continue;
    }
    if (!entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink()) {
      await rm(place);
      continue;
    }
    found.entries += 1;
    if (!entry.isSymbolicLink()) await makeReadable(place, inside, entry, found);
    if (entry.isDirectory()) await settle(place, inside, found);
  }
}

async function isWhiteout(entry: Dirent, place: string): Promise<boolean> {
  return entry.isCharacterDevice() && (await lstat(place)).rdev === 0;
}

async function makeReadable(place: string, path: string, entry: Dirent, found: Found): Promise<void> {
  // Root reads everything. Anyone else reads as the owner, enters folders and later removes what is in them.
  if (process.getuid?.() === 0) return;
  const mode = (await lstat(place)).mode & 0o7777;
  const needed = entry.isDirectory() ? 0o700 : 0o400;
  if ((mode & needed) === needed) return;
  found.modes[path] = mode;
  await chmod(place, mode | needed);
}
