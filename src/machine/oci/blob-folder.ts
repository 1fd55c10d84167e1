import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SlipwayError } from "../../core/errors.ts";
import { DigestMeter } from "./digest.ts";
import type { Blob, Descriptor } from "./image-types.ts";

/** Where a blob lies in a folder of blobs, as in an OCI image layout: `blobs/sha256/<hex>`. */
function blobPath(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}

/** The blob if the folder has it whole. */
export async function findBlob(folder: string, descriptor: Descriptor): Promise<Blob | undefined> {
  const file = blobPath(folder, descriptor.digest);
  const found = await stat(file).catch(() => undefined);
  return found?.size === descriptor.size ? { descriptor, content: { file } } : undefined;
}

/** Stores a stream under its digest; what does not have the promised digest and size is thrown away: DIGEST_MISMATCH. */
export async function storeBlob(
  folder: string,
  descriptor: Descriptor,
  source: Readable,
  at: string,
): Promise<Blob> {
  const file = blobPath(folder, descriptor.digest);
  const fresh = `${file}.${randomBytes(6).toString("hex")}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const meter = new DigestMeter();
    await pipeline(source, bounded(descriptor, at), meter, createWriteStream(fresh, { mode: 0o600 }));
    const digest = meter.digest();
    if (digest !== descriptor.digest || meter.bytes !== descriptor.size)
      throw digestMismatch(at, descriptor, { digest, size: meter.bytes });
    await rename(fresh, file);
    return { descriptor, content: { file } };
  } finally {
    await rm(fresh, { force: true });
  }
}

/** The bytes of a small blob. */
export async function blobBytes(blob: Blob): Promise<Buffer> {
  return "bytes" in blob.content ? blob.content.bytes : readFile(blob.content.file);
}

/** Content that is not what its name promises. */
export function digestMismatch(
  at: string,
  expected: { readonly digest: string; readonly size?: number },
  got: { readonly digest: string; readonly size?: number },
): SlipwayError {
  const sized = ({ digest, size }: { digest: string; size?: number }) =>
    size === undefined ? digest : `${digest} (${size} bytes)`;
  return new SlipwayError(
    {
      code: "DIGEST_MISMATCH",
      at,
      says: `expected ${sized(expected)}, got ${sized(got)}`,
      hint: "try again; if it stays, the registry or something on the way to it changes images",
    },
    "verifyFailed",
  );
}

// A source that sends more than it promised is stopped at once instead of filling the disk.
function bounded(descriptor: Descriptor, at: string) {
  return async function* (source: AsyncIterable<Buffer>) {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > descriptor.size) throw digestMismatch(at, descriptor, { digest: "more bytes than that" });
      yield chunk;
    }
  };
}
