import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { SlipwayError } from "../../core/errors.ts";
import { codeOf } from "./connect-problem.ts";
import { endQuietly } from "./run-dump-tool.ts";

export interface Fingerprint {
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Writes a file that only this user can read, on the disk before it has its name. The fingerprint is that of the bytes as
 * they came, not as the disk has them. Throws BACKUP_DISK_FULL, BACKUP_UNWRITABLE (exit 11), and what the stream throws.
 */
export async function writeDump(from: Readable, path: string): Promise<Fingerprint> {
  const hash = createHash("sha256");
  let bytes = 0;
  const draft = `${path}.part`;
  try {
    await writing(path, () => mkdir(dirname(path), { recursive: true, mode: 0o700 }));
    const file = await writing(path, () => open(draft, "wx", 0o600));
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        hash.update(piece);
        bytes += piece.length;
        await writing(path, () => file.writeFile(piece));
      }
      await writing(path, () => file.sync());
    } finally {
      await file.close();
    }
    await writing(path, () => rename(draft, path));
    return { sha256: hash.digest("hex"), bytes };
  } catch (error) {
    // Where nothing could be written, there is nothing to take away.
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Gives a file's bytes to a tool, or to nobody, and answers what they were. */
export async function readDump(path: string, to?: Writable): Promise<Fingerprint> {
  const hash = createHash("sha256");
  let bytes = 0;
  let isRead = true;
  to?.once("error", () => (isRead = false));
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
    // A tool that has what it needs closes its end; the rest is still counted.
    if (to !== undefined && isRead && to.writable && !to.write(piece)) await drained(to);
  }
  if (to !== undefined) await endQuietly(to);
  return { sha256: hash.digest("hex"), bytes };
}

function drained(to: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ["drain", "close", "error"]) to.off(event, done);
      resolve();
    };
    for (const event of ["drain", "close", "error"]) to.once(event, done);
  });
}

/** Tells what a disk refuses in our words: BACKUP_DISK_FULL, BACKUP_UNWRITABLE (exit 11). */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isFull = ["ENOSPC", "EDQUOT", "EFBIG"].includes(codeOf(error));
    throw new SlipwayError(
      {
        code: isFull ? "BACKUP_DISK_FULL" : "BACKUP_UNWRITABLE",
        at: path,
        says: isFull
          ? "the disk is full; what was written is removed"
          : `cannot be written: ${codeOf(error)}`,
        hint: isFull
          ? "free some space, or keep backups in another folder"
          : "check the folder and its permissions",
      },
      "verifyFailed",
      { cause: error },
    );
  }
}
