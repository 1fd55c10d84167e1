import { lstatSync, readlinkSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { basename } from "node:path";
import { Turns } from "../../machine/oci/turns.ts";
import { digestOfEntries } from "./digest.ts";
import { copyHostFiles } from "./host-copy.ts";
import { type HostEntry, digestEntry, hostLayerId } from "./host-entry.ts";
import { hostSource, outerIgnoreRules } from "./host-source.ts";
import { type LayerStore, findLayer } from "./layer-store.ts";
import { hostUnreadable, noSuchDirectory, noSuchFile } from "./problems.ts";
import { type Selected, select } from "./selection.ts";
import { type SeenFile, readSeen, stampOf, writeSeen } from "./stat-cache.ts";
import type { Directory, File, Filter, Layer } from "./types.ts";

/**
 * Copies a directory of this machine into the store. Modes become 0755 or 0644, times do not count; `digest` is a
 * sha256 over path, mode and content. Unchanged files are not read again. Throws HOST_PATH_UNREADABLE, NO_SUCH_DIRECTORY.
 */
export async function importDirectory(
  store: LayerStore,
  hostPath: string,
  filter: Filter = {},
): Promise<{ directory: Directory; digest: string }> {
  const folder = await hostPlace(hostPath);
  if (!(await lstat(folder)).isDirectory())
    throw noSuchDirectory(hostPath, "this is a file, not a directory");
  const outer = filter.gitignore === true ? await outerIgnoreRules(folder) : [];
  const chosen = await select(hostSource(store.folder), folder, filter, outer);
  const inputs = [folder, filter.include, filter.exclude, filter.gitignore];
  const { layer, digest } = await importEntries(store, inputs, chosen);
  return { directory: { snapshot: { layers: [layer] }, path: "" }, digest };
}

/** The same for one file, under its own name. Throws HOST_PATH_UNREADABLE, NO_SUCH_FILE. */
export async function importFile(
  store: LayerStore,
  hostPath: string,
): Promise<{ file: File; digest: string }> {
  const place = await hostPlace(hostPath);
  if (!(await lstat(place)).isFile()) throw noSuchFile(hostPath, "this is a directory, not a file");
  const path = basename(hostPath);
  const { layer, digest } = await importEntries(
    store,
    [place, "file", path],
    [{ path, kind: "file", ref: place }],
  );
  return { file: { snapshot: { layers: [layer] }, path }, digest };
}

async function importEntries(
  store: LayerStore,
  inputs: unknown,
  chosen: readonly Selected<string>[],
): Promise<{ layer: Layer; digest: string }> {
  const before = await readSeen(store, inputs);
  const source = before === undefined ? undefined : await findLayer(store, before.layer);
  const known = source === undefined ? {} : (before?.files ?? {});
  const turns = new Turns();
  const entries: HostEntry[] = [];
  for (const entry of chosen) {
    await turns.next();
    entries.push(look(entry, known[entry.path]));
  }

  if (entries.every(({ entry, seen }) => entry.kind !== "file" || seen !== undefined)) {
    const digest = digestOfEntries(entries.map((found) => digestEntry(found, found.seen?.digest)));
    const layer = await findLayer(store, hostLayerId(digest));
    if (layer !== undefined) return { layer, digest };
  }
  const copied = await copyHostFiles(store, entries, source);
  await writeSeen(store, inputs, { layer: copied.layer.id, files: copied.files });
  return copied;
}

function look(entry: Selected<string>, known: SeenFile | undefined): HostEntry {
  try {
    if (entry.kind === "directory") return { entry, mode: 0o755, target: "", seen: undefined };
    if (entry.kind === "symlink")
      return { entry, mode: 0o777, target: readlinkSync(entry.ref), seen: undefined };
    const stats = lstatSync(entry.ref, { bigint: true });
    const mode = (stats.mode & 0o100n) === 0n ? 0o644 : 0o755;
    const same = known !== undefined && known.stamp === stampOf(stats, Number.POSITIVE_INFINITY);
    return { entry, mode, target: "", seen: same ? known : undefined };
  } catch (cause) {
    throw hostUnreadable(entry.ref, cause);
  }
}

// A symlink in the last place is followed: the caller named it.
async function hostPlace(hostPath: string): Promise<string> {
  return realpath(hostPath).catch((cause: unknown) => {
    throw hostUnreadable(hostPath, cause);
  });
}
