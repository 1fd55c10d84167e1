import type { Directory, File } from "./types.ts";

/**
 * Writes a directory to this machine, merged with what is there; `wipe` removes what the directory does not have.
 * Each file is written beside its place and renamed. Answers the absolute path. Throws EXPORT_FAILED.
 */
export async function exportDirectory(
  directory: Directory,
  hostPath: string,
  options: { wipe?: boolean } = {},
): Promise<string> {
  throw new Error(`being written: ${[directory, hostPath, options].length}`);
}

/** Writes one file; `allowParentDirPath`: when `hostPath` is a directory, into it under the file's own name. */
export async function exportFile(
  file: File,
  hostPath: string,
  options: { allowParentDirPath?: boolean } = {},
): Promise<string> {
  throw new Error(`being written: ${[file, hostPath, options].length}`);
}
