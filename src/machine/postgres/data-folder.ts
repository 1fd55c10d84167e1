import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import { moveElsewhere } from "./elsewhere.ts";
import { errorCode } from "./error-code.ts";
import type { Identity } from "./identity.ts";

/** Where a server keeps its data. */
export interface DataFolder {
  /** PGDATA. */
  readonly path: string;
  readonly log: string;
  /** Major version that made the data; undefined: empty, `initdb` has to run. */
  readonly major: number | undefined;
  /** Call when the server has ended: from then on everything is in the folder. */
  close(): void;
  remove(): void;
}

/**
 * Makes `folder` ready for a server that runs as `identity`: `data` belongs to it, `server.log` lies beside. Data that
 * this user could not reach, such as below /root, is kept elsewhere until `close`.
 */
export function openDataFolder(folder: string, identity: Identity): DataFolder {
  const home = resolve(folder);
  mkdirSync(home, { recursive: true, mode: 0o711 });
  // The server's user has to pass through, no more than that.
  if (identity.uid !== undefined) chmodSync(home, 0o711);
  const own = join(home, "data");
  const elsewhere = reaches(home, identity) ? undefined : moveElsewhere(own);
  const path = elsewhere?.path ?? own;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    chownSync(path, identity.uid, identity.gid);
    chmodSync(path, 0o700);
  }
  return {
    path,
    log: join(home, "server.log"),
    major: majorOf(path),
    close: () => {
      if (!isServed(path)) elsewhere?.giveBack();
    },
    remove: () => {
      elsewhere?.remove();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function reaches(home: string, { uid, gid }: Identity): boolean {
  if (uid === undefined || gid === undefined) return true;
  const look = ["-c", 'cd "$1"', "sh", home];
  return spawnSync("/bin/sh", look, { cwd: "/", stdio: "ignore", uid, gid }).status === 0;
}

/** Whether a server runs on this data, perhaps another one than ours. */
function isServed(path: string): boolean {
  const file = join(path, "postmaster.pid");
  if (!existsSync(file)) return false;
  try {
    return process.kill(Number.parseInt(readFileSync(file, "utf8"), 10), 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

function majorOf(path: string): number | undefined {
  const file = join(path, "PG_VERSION");
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8").trim();
  const major = Number(text);
  if (Number.isInteger(major) && major > 0) return major;
  throw new SlipwayError(
    {
      code: "POSTGRES_DATA_BROKEN",
      at: path,
      says: `PG_VERSION says ${JSON.stringify(text)}, so this is no Postgres data folder`,
      hint: "restore the folder, or delete it to start with an empty database",
    },
    "usage",
  );
}
