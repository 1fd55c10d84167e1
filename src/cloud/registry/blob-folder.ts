import { createHash, randomUUID } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { digestInvalid, RegistryError } from "./registry-error.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

export function digestOf(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Content by digest on disk, and uploads on their way to become such. */
export class BlobFolder {
  readonly #blobs: string;
  readonly #uploads: string;

  constructor(folder: string) {
    this.#blobs = join(folder, "blobs", "sha256");
    this.#uploads = join(folder, "uploads");
    mkdirSync(this.#blobs, { recursive: true, mode: 0o700 });
    // Uploads do not outlive the process that took them: nobody knows their ids any more.
    rmSync(this.#uploads, { recursive: true, force: true });
    mkdirSync(this.#uploads, { recursive: true, mode: 0o700 });
  }

  path(digest: string): string {
    if (!isDigest(digest))
      throw new RegistryError(400, "DIGEST_INVALID", `"${digest}" is not a sha256 digest`);
    return join(this.#blobs, digest.slice("sha256:".length));
  }

  /** Bytes, or undefined when there is no such blob. */
  size(digest: string): number | undefined {
    return statSync(this.path(digest), { throwIfNoEntry: false })?.size;
  }

  async write(bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes);
    const fresh = join(this.#uploads, randomUUID());
    await writeFile(fresh, bytes, { mode: 0o600 });
    await rename(fresh, this.path(digest));
    return digest;
  }

  startUpload(): string {
    const id = randomUUID();
    // At once: the client may send its bytes as soon as it has the answer.
    writeFileSync(this.#upload(id), "", { mode: 0o600 });
    return id;
  }

  /** Bytes received so far. Throws BLOB_UPLOAD_UNKNOWN. */
  received(id: string): number {
    const found = /^[0-9a-f-]{36}$/.test(id)
      ? statSync(this.#upload(id), { throwIfNoEntry: false })
      : undefined;
    if (found === undefined) throw new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", `there is no upload ${id}`);
    return found.size;
  }

  /**
   * Appends to an upload and answers how many bytes it has now. Bytes that do not fit on the disk are dropped with all
   * those before them.
   */
  async append(id: string, content: Readable): Promise<number> {
    const before = existsSync(this.#upload(id)) ? this.received(id) : 0;
    const end = createWriteStream(this.#upload(id), { flags: "a", mode: 0o600 });
    try {
      await pipeline(content, end);
    } catch (error) {
      const isFull = error instanceof Error && "code" in error && error.code === "ENOSPC";
      if (!isFull) throw error;
      await this.drop(id);
      throw new RegistryError(507, "BLOB_UPLOAD_INVALID", "the disk of the local cloud is full");
    }
    return before + end.bytesWritten;
  }

  /** Takes the rest of an upload and turns it into a blob. What breaks off on the way is dropped. */
  async take(id: string, digest: string, content: Readable): Promise<void> {
    try {
      await this.append(id, content);
    } catch (error) {
      await this.drop(id);
      throw error;
    }
    await this.finish(id, digest);
  }

  /** Turns an upload into a blob. The bytes must have the digest that the client says. */
  async finish(id: string, digest: string): Promise<void> {
    const target = this.path(digest);
    this.received(id);
    const hash = createHash("sha256");
    await pipeline(createReadStream(this.#upload(id)), hash);
    const found = `sha256:${hash.digest("hex")}`;
    if (found !== digest) {
      await this.drop(id);
      throw digestInvalid(digest, found);
    }
    await rename(this.#upload(id), target);
  }

  async drop(id: string): Promise<void> {
    await rm(this.#upload(id), { force: true });
  }

  #upload(id: string): string {
    return join(this.#uploads, id);
  }
}
