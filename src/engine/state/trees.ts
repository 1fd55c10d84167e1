import type { Directory, File } from "../filesystem/types.ts";

/**
 * A directory or file as the graph sees it: what it is made of is known at once (`key`), the bytes are made when
 * somebody opens it. Equal keys mean equal content.
 */
export interface Tree<Opened> {
  readonly key: string;
  /**
   * True when it is made of this machine's files and literals alone. Opening it is then cheap, so a part of it is
   * named by its own content, and a change elsewhere in the tree does not change the part's key.
   */
  readonly cheap: boolean;
  open(signal: AbortSignal): Promise<Opened>;
}

export type DirectoryTree = Tree<Directory>;

export interface FileTree extends Tree<File> {
  readonly name: string;
}
