import { chmod, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes the folder overlayfs worked in. The kernel leaves directories in it that not even their owner may enter. */
export async function removeWorkFolder(folder: string): Promise<void> {
  await open(folder);
  await rm(folder, { recursive: true, force: true });
}

async function open(folder: string): Promise<void> {
  await chmod(folder, 0o700).catch(() => undefined);
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await open(join(folder, entry.name));
  }
}
