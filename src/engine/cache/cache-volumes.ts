import { mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { exportDirectory } from "../filesystem/host-export.ts";
import { hashOf } from "../graph/recipe.ts";
import type { CacheSharing } from "../state/container.ts";
import type { DirectoryTree } from "../state/trees.ts";
import { lock, type MachineLock, tryLock } from "./machine-lock.ts";

/** A volume lent to one exec. */
export interface LentVolume {
  readonly folder: string;
  release(): Promise<void>;
}

export interface VolumeRequest {
  readonly volume: string;
  readonly sharing: CacheSharing;
  /** What a new volume begins with. */
  readonly source: DirectoryTree | undefined;
}

/** Folders that outlive execs and sessions. */
export class CacheVolumes {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Lends the volume. SHARED: to everybody at once. LOCKED: to one exec at a time, also across processes; the others
   * wait. PRIVATE: an exec that finds it in use gets another instance of its own.
   */
  async lend(request: VolumeRequest, signal: AbortSignal): Promise<LentVolume> {
    const name = hashOf({ volume: request.volume, source: request.source?.key ?? null });
    if (request.sharing === "PRIVATE") return await this.#lendPrivate(name, request, signal);

    const folder = join(this.#folder, name, "0");
    const held = request.sharing === "LOCKED" ? await lock(folder, signal) : undefined;
    return await this.#lent(folder, request, held, signal);
  }

  async #lendPrivate(name: string, request: VolumeRequest, signal: AbortSignal): Promise<LentVolume> {
    for (let instance = 0; ; instance += 1) {
      const folder = join(this.#folder, name, String(instance));
      const held = await tryLock(folder);
      if (held !== undefined) return await this.#lent(folder, request, held, signal);
    }
  }

  async #lent(
    folder: string,
    request: VolumeRequest,
    held: MachineLock | undefined,
    signal: AbortSignal,
  ): Promise<LentVolume> {
    try {
      await makeVolume(folder, request.source, signal);
    } catch (error) {
      await held?.release();
      throw error;
    }
    return { folder, release: async () => await held?.release() };
  }
}

async function makeVolume(
  folder: string,
  source: DirectoryTree | undefined,
  signal: AbortSignal,
): Promise<void> {
  const now = new Date();
  const known = await stat(folder).then(
    () => true,
    () => false,
  );
  if (known) return await utimes(folder, now, now);

  const unfinished = `${folder}.${randomUUID()}`;
  await mkdir(unfinished, { recursive: true });
  if (source !== undefined) await exportDirectory(await source.open(signal), unfinished);
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Somebody else made it meanwhile and has written to it: theirs counts.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}
