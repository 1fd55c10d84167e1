import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { Transform } from "node:stream";
import { SMALL_FILE } from "./turns.ts";

/** `sha256:` and 64 hex digits of the bytes. */
export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The same of a file; a large one is read in pieces. */
export async function digestOfFile(path: string): Promise<string> {
  if (statSync(path).size <= SMALL_FILE) return digestOf(readFileSync(path));
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
}

/** Whether a text is a sha256 digest as Slipway writes and accepts them. */
export function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** A stream that passes everything on and afterwards knows the digest and the number of bytes. */
export class DigestMeter extends Transform {
  readonly #hash = createHash("sha256");
  #bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void) {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    done(null, chunk);
  }

  /** Bytes seen so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The digest; call once, after the stream has ended. */
  digest(): string {
    return `sha256:${this.#hash.digest("hex")}`;
  }
}
