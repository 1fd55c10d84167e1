import { chmodSync, linkSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Turns } from "../../machine/oci/turns.ts";
import { type DigestEntry, digestOfEntries } from "./digest.ts";
import { type HostEntry, digestEntry, hostLayerId } from "./host-entry.ts";
import { copyHostFile } from "./host-file.ts";
import { NO_FACTS } from "./layer-file.ts";
import { type LayerStore, findLayer, placeLayer, scratchFolder } from "./layer-store.ts";
import { removeTree } from "./remove-tree.ts";
import type { SeenFile } from "./stat-cache.ts";
import type { Layer } from "./types.ts";

/** Makes the layer of an import: unchanged files are linked from the layer that has them, the others copied and hashed. */
export async function copyHostFiles(
  store: LayerStore,
  entries: readonly HostEntry[],
  source: Layer | undefined,
): Promise<{ layer: Layer; digest: string; files: Record<string, SeenFile> }> {
  const draft = await scratchFolder(store);
  try {
    const folder = join(draft, "fs");
    makeFolder(folder);
    const turns = new Turns();
    const files: Record<string, SeenFile> = {};
    const contents: DigestEntry[] = [];
    for (const found of entries) {
      await turns.next();
      const { entry, seen, mode, target } = found;
      const place = join(folder, entry.path);
      if (entry.kind === "directory") makeFolder(place);
      else if (entry.kind === "symlink") symlinkSync(target, place);
      else if (seen !== undefined && source !== undefined && linkSeen(source, entry.path, place))
        files[entry.path] = seen;
      else {
        const { digest, stamp } = await copyHostFile(entry.ref, place, mode, turns);
        if (stamp !== undefined) files[entry.path] = { stamp, digest };
        contents.push(digestEntry(found, digest));
        continue;
      }
      contents.push(digestEntry(found, seen?.digest));
    }
    const digest = digestOfEntries(contents);
    const id = hostLayerId(digest);
    const layer = (await findLayer(store, id)) ?? (await placeLayer(store, id, draft, NO_FACTS));
    return { layer, digest, files };
  } finally {
    await removeTree(draft);
  }
}

function makeFolder(place: string): void {
  mkdirSync(place);
  // The umask may have taken bits.
  chmodSync(place, 0o755);
}

function linkSeen(source: Layer, path: string, place: string): boolean {
  try {
    linkSync(join(source.folder, path), place);
    return true;
  } catch {
    // Gone, or no room for another link: it is copied again.
    return false;
  }
}
