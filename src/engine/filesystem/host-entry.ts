import type { DigestEntry } from "./digest.ts";
import type { Selected } from "./selection.ts";
import type { SeenFile } from "./stat-cache.ts";

/** An entry of this machine to import; `seen` when its content is known and lies in an earlier layer. */
export interface HostEntry {
  readonly entry: Selected<string>;
  readonly mode: number;
  /** A symlink's target. */
  readonly target: string;
  readonly seen: SeenFile | undefined;
}

/** How an entry counts for the digest of the import; the same as for the directory that it becomes. */
export function digestEntry({ entry, mode, target }: HostEntry, content = ""): DigestEntry {
  return { path: entry.path, kind: entry.kind, mode, content: entry.kind === "symlink" ? target : content };
}

/** Imports of the same content are the same layer. */
export function hostLayerId(digest: string): string {
  return `host-${digest.replace("sha256:", "")}`;
}
