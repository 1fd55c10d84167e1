import type { Directory, File } from "./types.ts";

/** `sha256:…` over sorted path, kind, mode and content: independent of layers, times and owners. */
export async function digestDirectory(directory: Directory): Promise<string> {
  throw new Error(`being written: ${directory.path}`);
}

/** `sha256:…` of name, mode and content, or of the content alone. */
export async function digestFile(file: File, options: { excludeMetadata?: boolean } = {}): Promise<string> {
  throw new Error(`being written: ${file.path}${options.excludeMetadata}`);
}
