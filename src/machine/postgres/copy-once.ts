import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { errorCode } from "./error-code.ts";

/**
 * A copy of `folder` that every user of this machine can read, made once and kept under `name` for the next time.
 * Returns the copy's path. Safe against a second process that copies at the same moment.
 */
export function copyOnce(folder: string, name: string, mend: (copy: string) => void): string {
  const shelf = ownShelf();
  const copy = join(shelf, name);
  if (existsSync(copy)) return copy;
  const draft = join(shelf, `.${name}-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  try {
    cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
    mend(draft);
    // The original may have been made for one user alone, and the umask may have taken rights away.
    execFileSync("chmod", ["-R", "a+rX", draft], { stdio: "ignore" });
    renameSync(draft, copy);
  } catch (error) {
    const code = errorCode(error);
    if (!(existsSync(copy) && (code === "ENOTEMPTY" || code === "EEXIST"))) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

// A shelf that somebody else could have filled would make us run their binaries, hence the look at its owner.
function ownShelf(): string {
  const uid = process.getuid?.();
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const places = [
    uid === 0 ? "/var/cache/slipway" : join(cache, "slipway"),
    join(tmpdir(), `slipway-${uid ?? 0}`),
  ];
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 });
      const owner = lstatSync(place);
      if (!owner.isDirectory() || owner.uid !== (uid ?? owner.uid) || (owner.mode & 0o022) !== 0) continue;
      // Whatever the umask is: the server's user has to pass through.
      chmodSync(place, 0o755);
      return place;
    } catch {
      // The next place may be writable.
    }
  }
  throw new Error(`none of ${places.join(", ")} can hold a copy of the Postgres binaries`);
}
