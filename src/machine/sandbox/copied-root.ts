import { type BigIntStats, constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, readlink, rm, symlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RootFileSystem } from "./types.ts";

// A root for machines without overlayfs: the union of the layers is copied, and what has changed is found afterwards.

export interface CopiedRoot {
  readonly folder: string;
  /** What every entry looked like before the command; take it when everything of ours is in place. */
  remember(): Promise<void>;
  /** Moves what changed since into `upper`. Returns the removed names, relative to the root. */
  collect(upper: string): Promise<string[]>;
}

/** Copies the union of the layers into a new folder. Layers with removed names need overlayfs' whiteouts. */
export async function copyRoot(layers: RootFileSystem["layers"], folder: string): Promise<CopiedRoot> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const layer of layers) await lay(layer, folder);
  const known = new Map<string, string>();
  return {
    folder,
    remember: async () => {
      for await (const { path, stats } of walk(folder, "")) known.set(path, look(stats));
    },
    collect: async (upper) => {
      const gone = new Set(known.keys());
      for await (const { path, stats } of walk(folder, "")) {
        gone.delete(path);
        if (known.get(path) !== look(stats)) await take(join(folder, path), join(upper, path), stats);
      }
      // A removed directory stands for everything that was below it.
      return [...gone].filter((path) => !gone.has(dirname(path))).sort();
    },
  };
}

async function lay(layer: string, onto: string): Promise<void> {
  for await (const { path, stats } of walk(layer, "")) {
    const target = join(onto, path);
    const there = await lstat(target).catch(() => undefined);
    if (there !== undefined && !(there.isDirectory() && stats.isDirectory())) {
      await rm(target, { recursive: true, force: true });
    }
    // A character device 0:0 says that the name is not there.
    if (stats.isCharacterDevice()) continue;
    await take(join(layer, path), target, stats);
  }
}

interface Entry {
  readonly path: string;
  readonly stats: BigIntStats;
}

async function* walk(root: string, path: string): AsyncGenerator<Entry> {
  for (const name of await readdir(join(root, path))) {
    const inside = path === "" ? name : `${path}/${name}`;
    const stats = await lstat(join(root, inside), { bigint: true });
    yield { path: inside, stats };
    if (stats.isDirectory()) yield* walk(root, inside);
  }
}

// The kernel changes ctime with every change of content, mode or name, and nobody can set it.
function look(stats: BigIntStats): string {
  return stats.isDirectory() ? `d${stats.mode}` : `${stats.mode} ${stats.ino} ${stats.ctimeNs}`;
}

async function take(from: string, to: string, stats: BigIntStats): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const mode = Number(stats.mode & 0o7777n);
  if (stats.isDirectory()) {
    await mkdir(to, { recursive: true });
    await chmod(to, mode);
  } else if (stats.isSymbolicLink()) {
    await symlink(await readlink(from), to);
  } else if (stats.isFile()) {
    // Shares the blocks where the file system can, and copies where it cannot.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    await chmod(to, mode);
    await utimes(to, Number(stats.atimeMs) / 1000, Number(stats.mtimeMs) / 1000);
  }
  // Sockets, pipes and devices belong to running processes and are left behind.
}
