import { accessSync, constants } from "node:fs";
import { join } from "node:path";

// Tools for mounts and networks live in sbin, which an ordinary user's PATH often lacks.
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** PATH for the programs we run outside a sandbox. */
export const TOOL_PATH = [...(process.env["PATH"] ?? "").split(":"), ...MORE_FOLDERS]
  .filter((folder) => folder.startsWith("/"))
  .join(":");

const found = new Map<string, string | undefined>();

/** The absolute path of a program of this machine, or undefined. Looked up once per process. */
export function findTool(name: string): string | undefined {
  if (!found.has(name)) {
    found.set(
      name,
      TOOL_PATH.split(":")
        .map((folder) => join(folder, name))
        .find(isExecutable),
    );
  }
  return found.get(name);
}

/** The same for one that must be there: `sandboxAbility` has checked before. Throws when it is gone. */
export function needTool(name: string): string {
  const path = findTool(name);
  if (path === undefined) throw new Error(`${name} is not on this machine's PATH`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
