import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HostBase } from "../../../src/machine/oci/host-base.ts";

/** Makes the root that a host base asks for in an empty folder. */
export async function aRoot(folder: string, { folders, files, links }: HostBase): Promise<void> {
  for (const path of Object.keys(folders)) await mkdir(join(folder, path), { recursive: true });
  for (const [path, mode] of Object.entries(folders)) await chmod(join(folder, path), mode);
  for (const [path, { content, mode }] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await chmod(join(folder, path), mode);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
}
