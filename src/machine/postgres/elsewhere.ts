import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "./error-code.ts";

/** A place that every user can pass through, for data whose own folder the server's user cannot reach. */
export interface Elsewhere {
  readonly path: string;
  /** Puts the data back where it belongs. */
  giveBack(): void;
  remove(): void;
}

const SHELF = "/var/lib/slipway";

/**
 * Lends the data at `own` a place below /var/lib/slipway while its server runs; a link stays behind. After a crash the
 * link leads the next start to the data. Data of a crashed server whose folder was deleted since is deleted here.
 */
export function moveElsewhere(own: string, shelf = SHELF): Elsewhere {
  mkdirSync(shelf, { recursive: true });
  // Whatever the umask is: the server's user has to pass through.
  chmodSync(shelf, 0o755);
  forgetOrphans(shelf);
  const path = join(shelf, `postgres-${createHash("sha256").update(own).digest("hex").slice(0, 16)}`);
  const origin = `${path}.origin`;
  const there = lstatSync(own, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() !== true) {
    rmSync(path, { recursive: true, force: true });
    if (there === undefined) mkdirSync(path, { mode: 0o700 });
    else move(own, path);
    symlinkSync(path, own);
    // After the link: without it, another start would take this data for an orphan's.
    writeFileSync(origin, own, { mode: 0o600 });
  }
  const remove = (): void => {
    for (const place of [path, origin, own]) rmSync(place, { recursive: true, force: true });
  };
  return {
    path,
    giveBack: () => {
      if (!existsSync(dirname(own))) return remove();
      // First: without its link, listed data would be an orphan's to another start.
      rmSync(origin, { force: true });
      move(path, own);
    },
    remove,
  };
}

function forgetOrphans(shelf: string): void {
  for (const name of readdirSync(shelf).filter((name) => name.endsWith(".origin"))) {
    const origin = join(shelf, name);
    const own = readIfThere(origin);
    if (own === undefined || lstatSync(own, { throwIfNoEntry: false }) !== undefined) continue;
    rmSync(origin.slice(0, -".origin".length), { recursive: true, force: true });
    rmSync(origin, { force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Puts `from` in the place of `to`, which may be a link; `to` is never half there. */
function move(from: string, to: string): void {
  const draft = `${to}.moving`;
  rmSync(draft, { recursive: true, force: true });
  try {
    renameSync(from, draft);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    // Node's own copy does not keep the owner.
    execFileSync("cp", ["-a", "--", from, draft], { stdio: "ignore" });
  }
  rmSync(to, { force: true });
  renameSync(draft, to);
  rmSync(from, { recursive: true, force: true });
}
