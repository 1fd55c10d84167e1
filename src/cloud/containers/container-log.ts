import { closeSync, openSync, writeSync } from "node:fs";

/** A container's output is kept up to this size; what comes after is dropped. */
const LIMIT_BYTES = 4 * 1024 * 1024;

export interface ContainerLog {
  readonly write: (chunk: Buffer) => void;
  readonly close: () => void;
}

/** Opens the file that receives what a container prints. Only its owner may read it. */
export function openLog(path: string): ContainerLog {
  const file = openSync(path, "a", 0o600);
  let left = LIMIT_BYTES;
  return {
    write(chunk) {
      if (left <= 0) return;
      left -= writeSync(file, chunk.subarray(0, left));
    },
    close: () => closeSync(file),
  };
}
