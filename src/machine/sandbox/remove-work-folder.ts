import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Removes the folder overlayfs worked in. The kernel leaves directories in it that not even their owner may enter. */
export function removeWorkFolder(folder: string): void {
  open(folder);
  rmSync(folder, { recursive: true, force: true });
}

function open(folder: string): void {
  try {
    chmodSync(folder, 0o700);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) open(join(folder, entry.name));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
