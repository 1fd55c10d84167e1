import { lstat, readFile, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { select } from "../../../src/engine/filesystem/selection.ts";
import { TREE_SOURCE } from "../../../src/engine/filesystem/tree-source.ts";
import { statOf } from "../../../src/engine/filesystem/tree.ts";
import { resolvePath } from "../../../src/engine/filesystem/resolve.ts";
import type { Directory } from "../../../src/engine/filesystem/types.ts";

/** Path → what is there, in one word each: the whole of a directory, to compare. */
export type Listing = Record<string, string>;

/** All of a snapshot's directory, read through the union. */
export async function listingOf(directory: Directory): Promise<Listing> {
  const { node } = await resolvePath(directory, "");
  const listing: Listing = {};
  for (const { path, ref } of node === undefined ? [] : await select(TREE_SOURCE, node, {})) {
    const stat = await statOf(ref);
    const mode = stat.mode.toString(8);
    if (stat.kind === "directory") listing[path] = `directory ${mode}`;
    else if (stat.kind === "symlink") listing[path] = `symlink ${stat.target}`;
    else listing[path] = `file ${mode} ${await readFile(ref.parts[0].source, "utf8")}`;
  }
  return listing;
}

/** The same of a folder of this machine. */
export async function hostListing(folder: string, below = ""): Promise<Listing> {
  const listing: Listing = {};
  for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const place = join(folder, path);
    const mode = ((await lstat(place)).mode & 0o7777).toString(8);
    if (entry.isDirectory()) {
      listing[path] = `directory ${mode}`;
      Object.assign(listing, await hostListing(folder, path));
    } else if (entry.isSymbolicLink()) listing[path] = `symlink ${await readlink(place)}`;
    else if (entry.isFile()) listing[path] = `file ${mode} ${await readFile(place, "utf8")}`;
    else listing[path] = "something else";
  }
  return listing;
}
