import { readFile as readBytes } from "node:fs/promises";
import { compilePatterns } from "./patterns.ts";
import { nameOf } from "./paths.ts";
import { noSuchDirectory, noSuchFile } from "./problems.ts";
import { resolvePath } from "./resolve.ts";
import { type TreeNode, childrenOf, statOf } from "./tree.ts";
import type { Directory, File, Stat } from "./types.ts";

/** What is at `path` below `directory`, following symlinks without ever leaving the directory's snapshot; undefined: nothing. */
export async function stat(
  directory: Directory,
  path: string,
  options: { followLast?: boolean } = {},
): Promise<Stat | undefined> {
  const { node, path: found } = await resolvePath(directory, path, options);
  if (node !== undefined) return statOf(node);
  return found === "" ? { kind: "directory", mode: 0o755, owner: { uid: 0, gid: 0 } } : undefined;
}

/** Names in the directory, sorted; those of directories end in "/". Throws NO_SUCH_DIRECTORY. */
export async function entries(directory: Directory, path = ""): Promise<string[]> {
  const found = await directoryAt(directory, path);
  return (await nodesIn(found)).map((node) => shown(nameOf(node.path), node));
}

/**
 * Paths below the directory that match, in the order of a walk; those of directories end in "/". `*` and `?` stay in one folder, `**`
 * crosses folders. Throws NO_SUCH_DIRECTORY.
 */
export async function glob(directory: Directory, pattern: string): Promise<string[]> {
  const matcher = compilePatterns([pattern]);
  const base = await directoryAt(directory, "");
  const found: string[] = [];
  async function visit(nodes: Iterable<TreeNode>): Promise<void> {
    for (const node of nodes) {
      const path = base.path === "" ? node.path : node.path.slice(base.path.length + 1);
      if (matcher.matchesExactly(path)) found.push(shown(path, node));
      if (node.kind === "directory" && matcher.mayMatchBelow(path))
        await visit((await childrenOf(node)).values());
    }
  }
  await visit(await nodesIn(base));
  return found;
}

/** The content of a file. Throws NO_SUCH_FILE. */
export async function readFile(file: File): Promise<Buffer> {
  return readBytes((await fileNode(file)).parts[0].source);
}

/** The directory at `path`, symlinks resolved. Throws NO_SUCH_DIRECTORY. */
export async function directoryAt(directory: Directory, path: string): Promise<Directory> {
  const found = await resolvePath(directory, path);
  if (found.node === undefined && found.path !== "") throw noSuchDirectory(found.path);
  if (found.node !== undefined && found.node.kind !== "directory")
    throw noSuchDirectory(found.path, "this is a file, not a directory");
  return { snapshot: directory.snapshot, path: found.path };
}

/** The file at `path`, symlinks resolved. Throws NO_SUCH_FILE. */
export async function fileAt(directory: Directory, path: string): Promise<File> {
  const { path: found } = await fileNode({ snapshot: directory.snapshot, path: directory.path }, path);
  return { snapshot: directory.snapshot, path: found };
}

/** The entry a File stands for. Throws NO_SUCH_FILE. */
export async function fileNode(place: Directory | File, path = ""): Promise<TreeNode> {
  const found = await resolvePath(place, path);
  if (found.node === undefined) throw noSuchFile(found.path);
  if (found.node.kind !== "file") throw noSuchFile(found.path, "this is a directory, not a file");
  return found.node;
}

async function nodesIn(directory: Directory): Promise<TreeNode[]> {
  const { node } = await resolvePath(directory, "");
  return node === undefined ? [] : [...(await childrenOf(node)).values()];
}

function shown(name: string, node: TreeNode): string {
  return node.kind === "directory" ? `${name}/` : name;
}
