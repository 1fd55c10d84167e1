import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MountPlan, Showing } from "./mount-plan.ts";

/** A folder for the files of one sandbox: as this process sees it, and as the one who mounts them does. */
export interface FilesPlace {
  readonly outside: string;
  readonly inside: string;
}

/** Writes the small files of /etc that belong to the sandbox and not to its image; says where to show them. */
export async function writeEtcFiles(
  corner: FilesPlace,
  files: Readonly<Record<string, string>>,
): Promise<Showing[]> {
  await mkdir(join(corner.outside, "etc"));
  return Promise.all(
    Object.entries(files).map(async ([name, text]) => {
      await writeFile(join(corner.outside, "etc", name), text);
      return showing(corner, `etc/${name}`, `/etc/${name}`);
    }),
  );
}

/** Makes one empty in-memory folder for each path. */
export async function makeTemporaries(corner: FilesPlace, paths: readonly string[]): Promise<Showing[]> {
  return Promise.all(
    paths.map(async (path, n) => {
      const folder = join(corner.outside, `temporary-${n}`);
      await mkdir(folder);
      // Like /tmp, also under an umask that says otherwise.
      await chmod(folder, 0o1777);
      return showing(corner, `temporary-${n}`, path);
    }),
  );
}

/** Creates the mount points and the table that the sandbox's init hands to `mount -a`. */
export async function writePlan(corner: FilesPlace, plan: MountPlan): Promise<void> {
  const skeleton = join(corner.outside, "skeleton");
  await mkdir(skeleton);
  for (const { path, in: where, file } of plan.create) {
    const place = where === "skeleton" ? join(skeleton, path) : path;
    await mkdir(file ? dirname(place) : place, { recursive: true, mode: 0o755 });
    if (file) await writeFile(place, "", { flag: "a" });
  }
  await chmod(join(skeleton, "tmp"), 0o1777);
  await writeFile(join(corner.outside, "fstab"), `${plan.fstab.join("\n")}\n`);
}

function showing(corner: FilesPlace, name: string, target: string): Showing {
  const sourceInside = `${corner.inside}/${name}`;
  return { target, source: join(corner.outside, name), sourceInside, writable: true };
}
