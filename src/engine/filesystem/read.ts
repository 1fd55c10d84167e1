import type { Directory, File, Stat } from "./types.ts";

/** What is at `path` below `directory`, following symlinks without ever leaving the directory's snapshot; undefined: nothing. */
export async function stat(
  directory: Directory,
  path: string,
  options: { followLast?: boolean } = {},
): Promise<Stat | undefined> {
  throw new Error(`being written: ${directory.path}${path}${options.followLast}`);
}

/** Names in the directory, sorted; those of directories end in "/". */
export async function entries(directory: Directory, path = ""): Promise<string[]> {
  throw new Error(`being written: ${directory.path}${path}`);
}

/** Paths below the directory that match, sorted; those of directories end in "/". `**` crosses folders. */
export async function glob(directory: Directory, pattern: string): Promise<string[]> {
  throw new Error(`being written: ${directory.path}${pattern}`);
}

/** The content of a file. Throws a SlipwayError NO_SUCH_FILE. */
export async function readFile(file: File): Promise<Buffer> {
  throw new Error(`being written: ${file.path}`);
}

/** The directory at `path`, symlinks resolved. Throws NO_SUCH_DIRECTORY. */
export async function directoryAt(directory: Directory, path: string): Promise<Directory> {
  throw new Error(`being written: ${directory.path}${path}`);
}

/** The file at `path`, symlinks resolved. Throws NO_SUCH_FILE. */
export async function fileAt(directory: Directory, path: string): Promise<File> {
  throw new Error(`being written: ${directory.path}${path}`);
}
