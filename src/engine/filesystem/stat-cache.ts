import { createHash, randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LayerStore } from "./layer-store.ts";

// What an import knew of a folder's files. The content counts; size, times and inode only tell whether to read it again.

/** A file as it was when it was read. */
export interface SeenFile {
  readonly stamp: string;
  readonly digest: string;
}

export interface SeenFolder {
  /** The layer that holds these files. */
  readonly layer: string;
  readonly files: Readonly<Record<string, SeenFile>>;
}

// File systems keep times in steps of up to two seconds: a file that changed in the step in which it was read looks
// unchanged afterwards.
const STEP_MS = 2000;

/** What changes when a file changes; undefined when it changed so recently that it may change again unseen. */
export function stampOf(stats: BigIntStats, readAtMs: number): string | undefined {
  const latest = Number((stats.ctimeNs > stats.mtimeNs ? stats.ctimeNs : stats.mtimeNs) / 1_000_000n);
  if (latest > readAtMs - STEP_MS) return undefined;
  return `${stats.size}.${stats.mtimeNs}.${stats.ctimeNs}.${stats.ino}.${stats.mode}`;
}

/** What the last import with these inputs saw. */
export async function readSeen(store: LayerStore, inputs: unknown): Promise<SeenFolder | undefined> {
  try {
    return JSON.parse(await readFile(seenFile(store, inputs), "utf8")) as SeenFolder;
  } catch {
    // Absent or half written: everything is read again.
    return undefined;
  }
}

/** Remembers what an import saw. */
export async function writeSeen(store: LayerStore, inputs: unknown, seen: SeenFolder): Promise<void> {
  const file = seenFile(store, inputs);
  const fresh = `${file}.${randomBytes(6).toString("hex")}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(fresh, JSON.stringify(seen));
  await rename(fresh, file);
}

function seenFile(store: LayerStore, inputs: unknown): string {
  const name = createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 40);
  return join(store.folder, "host", `${name}.json`);
}
