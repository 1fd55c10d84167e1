import { execFileSync, spawnSync } from "node:child_process";
import { SlipwayError } from "../../core/errors.ts";

/** Who runs the server: undefined ids mean "as we are". */
export interface Identity {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly name: string;
}

/**
 * Postgres refuses to run as root, so root lends it an ordinary user that exists: `postgres`, else `nobody`.
 * Throws POSTGRES_NO_USER where neither exists or this process may not change its identity.
 */
export function serverIdentity(): Identity {
  if (process.getuid?.() !== 0) return { uid: undefined, gid: undefined, name: "the current user" };
  for (const name of ["postgres", "nobody"]) {
    const uid = numberOf("-u", name);
    const gid = numberOf("-g", name);
    if (uid === undefined || gid === undefined || uid === 0) continue;
    if (spawnSync("/bin/sh", ["-c", ":"], { cwd: "/", uid, gid }).status === 0) return { uid, gid, name };
  }
  throw new SlipwayError(
    {
      code: "POSTGRES_NO_USER",
      at: "postgres",
      says: "the server does not run as root, and root may not become `postgres` or `nobody` here",
      hint: "run as an ordinary user, or create one with `useradd --system postgres`",
    },
    "usage",
  );
}

function numberOf(flag: "-u" | "-g", name: string): number | undefined {
  try {
    const text = execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return Number.parseInt(text, 10);
  } catch {
    return undefined;
  }
}
