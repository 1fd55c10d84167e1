import { randomBytes } from "node:crypto";
import { mkdir, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./remove-tree.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A new empty folder in `tmp`, named after this process so that the next one can tell whether it is still needed. */
export async function newScratchFolder(tmp: string): Promise<string> {
  const folder = join(tmp, `${await processSpace()}-${process.pid}-${randomBytes(6).toString("hex")}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Removes the scratch folders of processes that are gone. */
export async function sweepScratch(tmp: string): Promise<void> {
  await mkdir(tmp, { recursive: true, mode: 0o700 });
  const space = await processSpace();
  for (const name of await readdir(tmp)) {
    const [itsSpace, pid] = name.split("-");
    const folder = join(tmp, name);
    const left = itsSpace === space ? !isAlive(Number(pid)) : await isOld(folder);
    if (left) await removeTree(folder);
  }
}

// Process ids mean something only inside one pid namespace; a container may share the store with its host.
async function processSpace(): Promise<string> {
  const link = await readlink("/proc/self/ns/pid").catch(() => "pid:[0]");
  return /\d+/.exec(link)?.[0] ?? "0";
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function isOld(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > DAY_MS;
}
