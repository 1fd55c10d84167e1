import { posix } from "node:path";
import { digestDirectory, digestFile } from "../filesystem/digest.ts";
import { directoryAt, fileAt } from "../filesystem/read.ts";
import type { Directory } from "../filesystem/types.ts";
import { hashOf } from "../graph/recipe.ts";
import type { Session } from "../state/session.ts";
import type { DirectoryTree, FileTree, Tree } from "../state/trees.ts";

/** A directory made from `sources` by an operation; `inputs` is all else that its content depends on. */
export function deriveDirectory(
  session: Session,
  inputs: Readonly<Record<string, unknown>>,
  sources: readonly Tree<unknown>[],
  make: (signal: AbortSignal) => Promise<Directory>,
): DirectoryTree {
  const key = hashOf({ inputs, sources: sources.map((source) => source.key) });
  return {
    key,
    cheap: sources.every((source) => source.cheap),
    open: (signal) => session.derive(key, signal, make),
  };
}

/** The directory at `path` of another. Throws NO_SUCH_DIRECTORY, when the tree is opened or at once. */
export async function subdirectory(
  tree: DirectoryTree,
  path: string,
  signal: AbortSignal,
): Promise<DirectoryTree> {
  if (posix.normalize(path).replaceAll("/", "") === ".") return tree;
  if (tree.cheap) return await namedByContent(await directoryAt(await tree.open(signal), path));
  return {
    key: hashOf({ directory: posix.normalize(path), of: tree.key }),
    cheap: false,
    open: async (later) => await directoryAt(await tree.open(later), path),
  };
}

/** The file at `path` of a directory. Throws NO_SUCH_FILE, when the tree is opened or at once. */
export async function fileIn(tree: DirectoryTree, path: string, signal: AbortSignal): Promise<FileTree> {
  const name = posix.basename(path);
  if (tree.cheap) {
    const file = await fileAt(await tree.open(signal), path);
    return { key: await digestFile(file), cheap: true, name, open: async () => file };
  }
  return {
    key: hashOf({ file: posix.normalize(path), of: tree.key }),
    cheap: false,
    name,
    open: async (later) => await fileAt(await tree.open(later), path),
  };
}

/** A directory that is there already, under the digest of its content. */
export async function namedByContent(directory: Directory): Promise<DirectoryTree> {
  return { key: await digestDirectory(directory), cheap: true, open: async () => directory };
}
