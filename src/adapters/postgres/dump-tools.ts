import { execFile } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { SlipwayError } from "../../core/errors.ts";

/** `pg_dump` and the `pg_restore` that came with it. */
export interface DumpTools {
  readonly dump: string;
  readonly restore: string;
  /** As it says it: "15.18". */
  readonly version: string;
  readonly major: number;
}

const DEBIAN = "/usr/lib/postgresql";
const DEADLINE_MS = 10_000;

/**
 * The tools of this machine for a server of that major version: the same one, else the next newer, as an older `pg_dump`
 * refuses the server. Throws BACKUP_TOOL_MISSING (exit 11).
 */
export async function findDumpTools(
  major: number,
  path: string | undefined,
  packaged: string = DEBIAN,
): Promise<DumpTools> {
  const found = await Promise.all((await folders(path, packaged)).map(probe));
  const tools = found.filter((one) => one !== undefined).toSorted((a, b) => a.major - b.major);
  const chosen = tools.find((one) => one.major >= major);
  if (chosen !== undefined) return chosen;
  const has = tools.length === 0 ? "there is none" : `there is ${tools.map((one) => one.version).join(", ")}`;
  throw new SlipwayError(
    {
      code: "BACKUP_TOOL_MISSING",
      at: "pg_dump",
      says: `a backup of Postgres ${major} needs pg_dump and pg_restore ${major} or newer; ${has} on this machine`,
      hint: `install them (on Debian and Ubuntu: apt-get install postgresql-client-${major}) or put their folder on PATH`,
    },
    "verifyFailed",
  );
}

// Debian's own folders first: what it puts on PATH is a wrapper that chooses a version by rules of its own.
async function folders(path: string | undefined, packaged: string): Promise<readonly string[]> {
  const majors = await readdir(packaged).catch(() => []);
  const onPath = (path ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...new Set([...majors.map((one) => join(packaged, one, "bin")), ...onPath])];
}

async function probe(folder: string): Promise<DumpTools | undefined> {
  const [dump, restore] = [join(folder, "pg_dump"), join(folder, "pg_restore")];
  try {
    await Promise.all([dump, restore].map((file) => access(file, constants.X_OK)));
  } catch {
    return undefined;
  }
  const version = /\s(\d+)(\.\d+)*/.exec(await ask(dump));
  if (version === null) return undefined;
  return { dump, restore, version: version[0].trim(), major: Number(version[1]) };
}

function ask(tool: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: DEADLINE_MS, env: { PATH: "/usr/bin:/bin" } };
    execFile(tool, ["--version"], options, (error, stdout) => resolve(error === null ? stdout : ""));
  });
}
