import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { SlipwayError } from "../../core/errors.ts";
import type { Identity } from "./identity.ts";

/** Where a server keeps its data. */
export interface DataFolder {
  /** PGDATA. */
  readonly path: string;
  readonly log: string;
  /** Major version that made the data; undefined: empty, `initdb` has to run. */
  readonly major: number | undefined;
  remove(): void;
}

// Holds data whose own folder lies where the server's user may not go, such as below /root.
const ELSEWHERE = "/var/lib/slipway";

/**
 * Makes `folder` ready for a server that runs as `identity`: `data` belongs to it, `server.log` lies beside.
 * When the user cannot reach `folder`, `data` becomes a link into /var/lib/slipway; `remove` deletes both.
 */
export function openDataFolder(folder: string, identity: Identity): DataFolder {
  const home = resolve(folder);
  mkdirSync(home, { recursive: true, mode: 0o711 });
  // The server's user has to pass through, no more than that.
  if (identity.uid !== undefined) chmodSync(home, 0o711);
  const own = join(home, "data");
  const path = identity.uid === undefined || reaches(home, identity) ? own : elsewhere(own);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    chownSync(path, identity.uid, identity.gid);
    chmodSync(path, 0o700);
  }
  return {
    path,
    log: join(home, "server.log"),
    major: majorOf(path),
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function reaches(home: string, { uid, gid }: Identity): boolean {
  const ids = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  return (
    spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", home], { cwd: "/", stdio: "ignore", ...ids }).status === 0
  );
}

function elsewhere(own: string): string {
  const path = join(ELSEWHERE, `postgres-${createHash("sha256").update(own).digest("hex").slice(0, 16)}`);
  const link = lstatSync(own, { throwIfNoEntry: false });
  if (link?.isDirectory() === true) throw unreachable(own);
  if (link === undefined) {
    // Data without its link is what an earlier run left behind after somebody deleted the folder.
    rmSync(path, { recursive: true, force: true });
    mkdirSync(ELSEWHERE, { recursive: true, mode: 0o755 });
    symlinkSync(path, own);
  }
  return path;
}

function unreachable(own: string): SlipwayError {
  return new SlipwayError(
    {
      code: "POSTGRES_DATA_UNREACHABLE",
      at: own,
      says: "holds a database, but the server's user may not go there",
      hint: "move the folder to a place that other users can pass through, such as /var/lib",
    },
    "usage",
  );
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
