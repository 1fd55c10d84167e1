import { readFileSync } from "node:fs";

/** One mount of this machine, as far as binding it again needs to know. */
export interface MachineMount {
  readonly at: string;
  readonly source: string;
  /** Options that a user namespace may not take away when it makes the bind read-only. */
  readonly locked: readonly string[];
}

const LOCKED = new Set(["nosuid", "nodev", "noexec"]);

/** The mounts that this process, or another one, sees (proc(5), mountinfo), in mount order. */
export function machineMounts(of = "/proc/self/mountinfo"): MachineMount[] {
  return parseMountinfo(readFileSync(of, "utf8"));
}

/** Parses the text of /proc/self/mountinfo. */
export function parseMountinfo(text: string): MachineMount[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const fields = line.split(" ");
      return {
        at: unescape(fields[4] ?? ""),
        // After the separator: type, source, options.
        source: unescape(fields[fields.indexOf("-") + 2] ?? ""),
        locked: (fields[5] ?? "").split(",").filter((option) => LOCKED.has(option)),
      };
    });
}

/** The mount that holds an absolute path without symlinks. */
export function mountOf(mounts: readonly MachineMount[], path: string): MachineMount | undefined {
  let best: MachineMount | undefined;
  for (const mount of mounts) {
    if (isWithin(path, mount.at) && mount.at.length >= (best?.at.length ?? 0)) best = mount;
  }
  return best;
}

/** The mounts strictly below a path. */
export function mountsBelow(mounts: readonly MachineMount[], path: string): MachineMount[] {
  return mounts.filter((mount) => mount.at !== path && isWithin(mount.at, path));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
