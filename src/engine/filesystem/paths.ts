import { posix } from "node:path";

// Paths inside a snapshot: "/" between names, none at either end, "" for the root.

/** The path without ".", "//" and outer slashes. ".." never climbs above the root, as in a chroot. */
function cleanPath(path: string): string {
  return posix.join("/", path).replace(/^\/+|\/+$/g, "");
}

/** `name` below `folder`; `name` is taken relative to the folder and cannot leave it. */
export function below(folder: string, name: string): string {
  const clean = cleanPath(name);
  if (folder === "") return clean;
  return clean === "" ? folder : `${folder}/${clean}`;
}

/** The folder a path is in; "" for a name at the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Every folder above a path, outermost first, without the root: "a/b/c" gives "a", "a/b". */
export function foldersAbove(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, position) => names.slice(0, position + 1).join("/"));
}

/** Order by bytes, the same on every machine and in every locale. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
