import { type Stats, lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { sandboxError } from "./sandbox-error.ts";

// A mount is made from outside, where an absolute symlink of an image would lead out of its root. So mount points are
// found here first, by reading layers and binds the way the sandbox will see them.

/** Where a path of the sandbox really is. */
export interface Place {
  /** Absolute, inside, free of symlinks as far as it exists. */
  readonly path: string;
  readonly kind: "directory" | "file" | "missing";
  /** A layer hides what lower ones have here, so that nothing below the lowest could show through. */
  readonly hidden: boolean;
  /** The outside folder that shows at `shown`, when the place lies in a bind and not in the root itself. */
  readonly bind?: { readonly source: string; readonly shown: string; readonly writable: boolean };
}

export interface Shown {
  readonly source: string;
  readonly writable: boolean;
}

/** Resolves a path in layers (lowest first) covered by binds (inside path → outside). Throws on a symlink loop. */
export function findInRoot(
  layers: readonly string[],
  binds: ReadonlyMap<string, Shown>,
  path: string,
): Place {
  const topFirst = layers.toReversed();
  let todo = path.split("/");
  let trail: Step[] = [{ name: "", folders: topFirst }];
  for (let followed = 0; todo.length > 0;) {
    const name = todo.shift() ?? "";
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (trail.length > 1) trail.pop();
      continue;
    }
    const here = trail.at(-1);
    const step = look(trail, name, here?.folders ?? [], binds);
    if (step.link === undefined) {
      trail.push(step);
      continue;
    }
    followed += 1;
    if (followed > 40) throw sandboxError(`${path} is a loop of symlinks`);
    if (step.link.startsWith("/")) trail = trail.slice(0, 1);
    todo = [...step.link.split("/"), ...todo];
  }
  const last = trail.at(-1);
  const kind = last?.file === true ? "file" : (last?.folders.length ?? 0) > 0 ? "directory" : "missing";
  const bind = trail.findLast((step) => step.bind !== undefined)?.bind;
  const hidden = trail.some((step) => step.hidden === true);
  return { path: pathOf(trail), kind, hidden, ...(bind === undefined ? {} : { bind }) };
}

interface Step {
  readonly name: string;
  /** Outside folders that merge here, the topmost first. */
  readonly folders: readonly string[];
  readonly file?: boolean;
  readonly link?: string;
  readonly hidden?: boolean;
  readonly bind?: Place["bind"];
}

function look(
  trail: readonly Step[],
  name: string,
  parents: readonly string[],
  binds: ReadonlyMap<string, Shown>,
): Step {
  const inside = `${pathOf(trail) === "/" ? "" : pathOf(trail)}/${name}`;
  const bind = binds.get(inside);
  if (bind !== undefined) {
    const isFolder = stat(bind.source)?.isDirectory() === true;
    return {
      name,
      folders: isFolder ? [bind.source] : [],
      file: !isFolder,
      bind: { ...bind, shown: inside },
    };
  }
  const folders: string[] = [];
  for (const parent of parents) {
    const outside = join(parent, name);
    const found = stat(outside);
    if (found === undefined) continue;
    if (found.isDirectory()) folders.push(outside);
    else if (folders.length > 0 || isWhiteout(found)) return { name, folders, hidden: true };
    else if (found.isSymbolicLink()) return { name, folders, link: readlinkSync(outside) };
    else return { name, folders, file: true };
  }
  return { name, folders };
}

function pathOf(trail: readonly Step[]): string {
  return trail.length === 1 ? "/" : trail.map((step) => step.name).join("/");
}

function isWhiteout(found: Stats): boolean {
  return found.isCharacterDevice() && found.rdev === 0;
}

function stat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
