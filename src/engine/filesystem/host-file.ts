import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import type { Turns } from "../../machine/oci/turns.ts";
import { hostUnreadable } from "./problems.ts";
import { type SeenFile, stampOf } from "./stat-cache.ts";

// One time for all imported files, so that tools which look at times see the same in every run. Not 0: zip begins in 1980.
const IMPORT_TIME = new Date("2000-01-01T00:00:00Z");

const PIECE = Buffer.allocUnsafe(256 * 1024);

/** Copies and hashes in one pass, so that the digest is of what was copied. No stamp: it changed just now. */
export async function copyHostFile(
  from: string,
  to: string,
  mode: number,
  turns: Turns,
): Promise<{ digest: string; stamp: SeenFile["stamp"] | undefined }> {
  const readAt = Date.now();
  const input = openHost(from);
  try {
    const before = stampOf(fstatSync(input, { bigint: true }), readAt);
    const output = openSync(to, "wx", mode);
    try {
      const hash = createHash("sha256");
      for (;;) {
        await turns.next();
        const length = readSync(input, PIECE);
        if (length === 0) break;
        const piece = PIECE.subarray(0, length);
        hash.update(piece);
        for (let written = 0; written < length;) written += writeSync(output, piece, written);
      }
      // The umask may have taken bits.
      fchmodSync(output, mode);
      futimesSync(output, IMPORT_TIME, IMPORT_TIME);
      const after = stampOf(fstatSync(input, { bigint: true }), readAt);
      return { digest: `sha256:${hash.digest("hex")}`, stamp: after === before ? after : undefined };
    } finally {
      closeSync(output);
    }
  } finally {
    closeSync(input);
  }
}

// No following of a symlink that took the file's place since it was listed.
function openHost(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    throw hostUnreadable(path, cause);
  }
}
