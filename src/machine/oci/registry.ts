import type { Secret } from "../../core/secret.ts";
import type { Image, Platform } from "./image-types.ts";
import type { Reference } from "./reference.ts";

export interface RegistryOptions {
  readonly credentials?: { readonly username: string; readonly password: Secret };
  readonly signal?: AbortSignal;
  /** Milliseconds without an answer or without progress; 30 000 unless said. */
  readonly idleMs?: number;
  /** Attempts after the first for what may pass by itself; 3 unless said. */
  readonly retries?: number;
}

/** What the reference names now: the digest of its manifest or index; undefined when the registry has no such thing. */
export async function resolveDigest(
  reference: Reference,
  options: RegistryOptions = {},
): Promise<string | undefined> {
  throw new Error(`being written: ${reference.repository}${options.idleMs}`);
}

/**
 * Pulls the image for a platform (this machine's unless said); layer blobs are stored in `folder` by digest and not
 * fetched twice. Throws IMAGE_NOT_FOUND, REGISTRY_UNREACHABLE, REGISTRY_REFUSED, DIGEST_MISMATCH.
 */
export async function pullImage(
  reference: Reference,
  folder: string,
  options: RegistryOptions & { platform?: Platform } = {},
): Promise<Image> {
  throw new Error(`being written: ${reference.repository}${folder}${options.idleMs}`);
}

/** Pushes an image (several: as an index) under the reference's tag. Answers the digest it has in the registry. */
export async function pushImage(
  images: readonly [Image, ...Image[]],
  reference: Reference,
  options: RegistryOptions = {},
): Promise<string> {
  throw new Error(`being written: ${reference.repository}${images.length}${options.idleMs}`);
}
