import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HostBase } from "./host-base.ts";

/** Writes into the empty folder `root` what a host base needs beside its binds: a few folders, files and links. */
export async function layHostRoot(root: string, { folders, links, files }: HostBase): Promise<void> {
  for (const path of Object.keys(folders)) await mkdir(join(root, path), { recursive: true });
  for (const [path, { content, mode }] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    await chmod(join(root, path), mode);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
  // Last, because a folder's own bits may forbid what comes above.
  for (const [path, mode] of Object.entries(folders)) await chmod(join(root, path), mode);
}
