import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MountPlan, Showing } from "./mount-plan.ts";

// Synchronous on purpose: these are a few entries in memory, and each asynchronous call costs more than its work.

/** A folder for the files of one sandbox: as this process sees it, and as the one who mounts them does. */
export interface FilesPlace {
  readonly outside: string;
  readonly inside: string;
}

/** Writes the small files of /etc that belong to the sandbox and not to its image; says where to show them. */
export function writeEtcFiles(corner: FilesPlace, files: Readonly<Record<string, string>>): Showing[] {
  mkdirSync(join(corner.outside, "etc"));
  return Object.entries(files).map(([name, text]) => {
    writeFileSync(join(corner.outside, "etc", name), text);
    return showing(corner, `etc/${name}`, `/etc/${name}`);
  });
}

/** Makes one empty in-memory folder for each path. */
export function makeTemporaries(corner: FilesPlace, paths: readonly string[]): Showing[] {
  return paths.map((path, n) => {
    const folder = join(corner.outside, `temporary-${n}`);
    mkdirSync(folder);
    // Like /tmp, also under an umask that says otherwise.
    chmodSync(folder, 0o1777);
    return showing(corner, `temporary-${n}`, path);
  });
}

/** Creates the mount points and the table that the sandbox's init hands to `mount -a`. */
export function writePlan(corner: FilesPlace, plan: MountPlan): void {
  const skeleton = join(corner.outside, "skeleton");
  mkdirSync(skeleton);
  for (const { path, in: where, file } of plan.create) {
    const place = where === "skeleton" ? join(skeleton, path) : path;
    mkdirSync(file ? dirname(place) : place, { recursive: true, mode: 0o755 });
    if (file) writeFileSync(place, "", { flag: "a" });
  }
  chmodSync(join(skeleton, "tmp"), 0o1777);
  writeFileSync(join(corner.outside, "fstab"), `${plan.fstab.join("\n")}\n`);
}

function showing(corner: FilesPlace, name: string, target: string): Showing {
  const sourceInside = `${corner.inside}/${name}`;
  return { target, source: join(corner.outside, name), sourceInside, writable: true };
}
