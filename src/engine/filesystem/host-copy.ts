import { type Hash, createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, chmod, link, mkdir, open, symlink } from "node:fs/promises";
import { join } from "node:path";
import pMap from "p-map";
import { digestOfEntries } from "./digest.ts";
import { type HostEntry, digestEntry, hostLayerId } from "./host-entry.ts";
import { NO_FACTS } from "./layer-file.ts";
import { type LayerStore, findLayer, placeLayer, scratchFolder } from "./layer-store.ts";
import { hostUnreadable } from "./problems.ts";
import { removeTree } from "./remove-tree.ts";
import { type SeenFile, stampOf } from "./stat-cache.ts";
import type { Layer } from "./types.ts";

// One time for all imported files, so that tools which look at times see the same in every run. Not 0: zip begins in 1980.
const IMPORT_TIME = new Date("2000-01-01T00:00:00Z");

/** Makes the layer of an import: unchanged files are linked from the layer that has them, the others copied and hashed. */
export async function copyHostFiles(
  store: LayerStore,
  entries: readonly HostEntry[],
  source: Layer | undefined,
): Promise<{ layer: Layer; digest: string; files: Record<string, SeenFile> }> {
  const draft = await scratchFolder(store);
  try {
    const folder = join(draft, "fs");
    await mkdir(folder, { mode: 0o755 });
    for (const { entry, target } of entries) {
      const place = join(folder, entry.path);
      if (entry.kind === "directory") await makeFolder(place);
      if (entry.kind === "symlink") await symlink(target, place);
    }
    const files: Record<string, SeenFile> = {};
    const contents = await pMap(
      entries,
      async (found) => {
        const { entry, seen, mode } = found;
        if (entry.kind !== "file") return digestEntry(found);
        const place = join(folder, entry.path);
        if (seen !== undefined && source !== undefined && (await linkSeen(source, entry.path, place))) {
          files[entry.path] = seen;
          return digestEntry(found, seen.digest);
        }
        const { digest, stamp } = await copyFile(entry.ref, place, mode);
        if (stamp !== undefined) files[entry.path] = { stamp, digest };
        return digestEntry(found, digest);
      },
      { concurrency: 8 },
    );

    const digest = digestOfEntries(contents);
    const id = hostLayerId(digest);
    const layer = (await findLayer(store, id)) ?? (await placeLayer(store, id, draft, NO_FACTS));
    return { layer, digest, files };
  } finally {
    await removeTree(draft);
  }
}

async function makeFolder(place: string): Promise<void> {
  await mkdir(place);
  // The umask may have taken bits.
  await chmod(place, 0o755);
}

async function linkSeen(source: Layer, path: string, place: string): Promise<boolean> {
  return link(join(source.folder, path), place).then(
    () => true,
    () => false,
  );
}

/** Copies and hashes in one pass, so that the digest is of what was copied. */
async function copyFile(from: string, to: string, mode: number) {
  const readAt = Date.now();
  const input = await openHost(from);
  try {
    const before = await input.stat({ bigint: true });
    const output = await open(to, "wx", mode);
    try {
      const hash = createHash("sha256");
      await output.writeFile(hashed(input, hash));
      await output.chmod(mode);
      await output.utimes(IMPORT_TIME, IMPORT_TIME);
      const after = await input.stat({ bigint: true });
      const stamp = stampOf(after, readAt);
      return {
        digest: `sha256:${hash.digest("hex")}`,
        stamp: stamp === stampOf(before, readAt) ? stamp : undefined,
      };
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

// No following of a symlink that took the file's place since it was listed.
function openHost(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: unknown) => {
    throw hostUnreadable(path, cause);
  });
}

async function* hashed(file: FileHandle, hash: Hash): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    yield chunk;
  }
}
