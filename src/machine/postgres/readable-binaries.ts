import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { PostgresBinaries } from "./binaries.ts";
import { copyOnce } from "./copy-once.ts";
import type { Identity } from "./identity.ts";
import { addMissingLinks } from "./npm-package.ts";

/**
 * The same binaries where `identity` can execute them. A checkout below /root is closed to every other user; then
 * the binaries are copied once to a folder that is open.
 */
export function readableBinaries(binaries: PostgresBinaries, identity: Identity): PostgresBinaries {
  // What the machine's own packages installed is there for everybody; a copy of it would lack the rest of its files.
  if (binaries.source === "machine" || identity.uid === undefined || canRun(binaries.folder, identity))
    return binaries;
  const folder = copyOnce(binaries.folder, `postgres-${binaries.version}-npm`, addMissingLinks);
  return { ...binaries, folder };
}

function canRun(folder: string, { uid, gid }: Identity): boolean {
  const ids = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  return ["postgres", "initdb"].every(
    (name) => spawnSync(join(folder, "bin", name), ["--version"], { cwd: "/", ...ids }).status === 0,
  );
}
