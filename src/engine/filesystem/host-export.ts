import { randomBytes } from "node:crypto";
import { chmodSync, copyFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Turns } from "../../machine/oci/turns.ts";
import { nameOf } from "./paths.ts";
import { exportFailed } from "./problems.ts";
import { fileNode } from "./read.ts";
import { removeTree } from "./remove-tree.ts";
import { resolvePath } from "./resolve.ts";
import { type Selected, select } from "./selection.ts";
import { TREE_SOURCE } from "./tree-source.ts";
import { type TreeNode, statOf } from "./tree.ts";
import type { Directory, File } from "./types.ts";

/**
 * Writes a directory to this machine, merged with what is there; `wipe` removes what the directory does not have. Each
 * file is written beside its place and renamed; symlinks that lie in the target are replaced, never followed.
 * Answers the absolute path. Throws EXPORT_FAILED.
 */
export async function exportDirectory(
  directory: Directory,
  hostPath: string,
  options: { wipe?: boolean } = {},
): Promise<string> {
  const { node } = await resolvePath(directory, "");
  const entries = node === undefined ? [] : await select(TREE_SOURCE, node, {});
  return translated(resolve(hostPath), async (asked) => {
    await mkdir(asked, { recursive: true });
    const target = await realpath(asked);
    const turns = new Turns();
    if (options.wipe === true) await wipe(target, "", new Map(entries.map((entry) => [entry.path, entry])));
    for (const { path, kind, ref } of entries) {
      await turns.next();
      const place = join(target, path);
      if (kind === "directory") await putFolder(place);
      else await putFile(ref, place);
    }
    // Last, because a folder that may not be written to would take no content.
    for (const { path, kind, ref } of entries.toReversed())
      if (kind === "directory") await chmod(join(target, path), (await statOf(ref)).mode & 0o777);
  });
}

/**
 * Writes one file and its missing parents; `allowParentDirPath`: when `hostPath` is a directory, into it under the
 * file's own name. Answers the absolute path. Throws EXPORT_FAILED, NO_SUCH_FILE.
 */
export async function exportFile(
  file: File,
  hostPath: string,
  options: { allowParentDirPath?: boolean } = {},
): Promise<string> {
  const node = await fileNode(file);
  const asked = resolve(hostPath);
  const isFolder = hostPath.endsWith("/") || (await kindAt(asked)) === "directory";
  const into = isFolder && options.allowParentDirPath === true;
  return translated(into ? join(asked, nameOf(file.path)) : asked, async (place) => {
    if (isFolder && !into) throw new Error("this is a directory; name the file in it");
    await mkdir(dirname(place), { recursive: true });
    await putFile(node, place);
  });
}

async function translated(place: string, write: (place: string) => Promise<void>): Promise<string> {
  try {
    await write(place);
    return place;
  } catch (cause) {
    throw exportFailed(place, cause);
  }
}

async function putFolder(place: string): Promise<void> {
  const there = await kindAt(place);
  if (there !== undefined && there !== "directory") await rm(place);
  if (there === "directory") await openFolder(place);
  else await mkdir(place);
}

// A folder that an earlier export closed for writing takes this one's content.
async function openFolder(place: string): Promise<void> {
  const mode = (await lstat(place)).mode & 0o7777;
  if ((mode & 0o700) !== 0o700) await chmod(place, mode | 0o700);
}

async function putFile(node: TreeNode, place: string): Promise<void> {
  const stat = await statOf(node);
  const name = `.${basename(place).slice(0, 200)}.${randomBytes(6).toString("hex")}`;
  const fresh = join(dirname(place), name);
  try {
    if (stat.kind === "symlink") symlinkSync(stat.target, fresh);
    else {
      copyFileSync(node.parts[0].source, fresh);
      chmodSync(fresh, stat.mode & 0o777);
    }
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

async function wipe(
  folder: string,
  path: string,
  kept: ReadonlyMap<string, Selected<TreeNode>>,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inside = path === "" ? entry.name : `${path}/${entry.name}`;
    const place = join(folder, entry.name);
    const wanted = kept.get(inside);
    if (entry.isDirectory() && wanted?.kind === "directory") {
      await openFolder(place);
      await wipe(place, inside, kept);
    } else if (wanted === undefined || entry.isDirectory()) await removeTree(place);
  }
}

async function kindAt(place: string): Promise<"directory" | "other" | undefined> {
  try {
    return (await lstat(place)).isDirectory() ? "directory" : "other";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
