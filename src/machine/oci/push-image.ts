import { openAsBlob } from "node:fs";
import pMap from "p-map";
import { digestMismatch } from "./blob-folder.ts";
import { buildIndex } from "./build-image.ts";
import type { Blob, Image } from "./image-types.ts";
import type { Reference } from "./reference.ts";
import { RegistryClient } from "./registry-client.ts";
import { registryFault } from "./registry-problems.ts";
import type { RegistryOptions } from "./registry-types.ts";

/**
 * Pushes an image (several: as an index) under the reference's tag and by digest. Answers the digest it has in the
 * registry. Throws REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_FAULT, DIGEST_MISMATCH.
 */
export async function pushImage(
  images: readonly [Image, ...Image[]],
  reference: Reference,
  options: RegistryOptions = {},
): Promise<string> {
  const client = new RegistryClient(reference, options);
  const [single] = images;
  const top = images.length === 1 ? single.manifest : buildIndex(images);
  const blobs = new Map(
    images
      .flatMap((image) => [...image.layers, image.configBlob])
      .map((blob) => [blob.descriptor.digest, blob]),
  );
  await pMap(blobs.values(), (blob) => pushBlob(client, blob), { concurrency: 3 });
  if (images.length > 1) for (const image of images) await pushManifest(client, image.manifest, undefined);
  await pushManifest(client, top, undefined);
  if (reference.tag !== undefined) await pushManifest(client, top, reference.tag);
  return top.descriptor.digest;
}

async function pushBlob(client: RegistryClient, blob: Blob): Promise<void> {
  const { digest } = blob.descriptor;
  const there = await client.send(
    { method: "HEAD", path: `blobs/${digest}`, alsoAccepts: [404] },
    async (response) => response.ok,
  );
  if (there) return;
  const body = await content(blob);
  // An upload place may be gone after a broken upload, so both steps are done again.
  await client.sendAll(async (once) => {
    const location = await once({ method: "POST", path: "blobs/uploads/" }, async (response) => {
      await response.body?.cancel();
      return response.headers.get("location");
    });
    if (location === null) throw registryFault(client.name, "it gave no place to upload to");
    const path = withDigest(location, digest);
    await once({ method: "PUT", path, headers: OCTETS, body }, async (response) => {
      checkDigest(client, response, digest);
      await response.body?.cancel();
    });
  });
}

const OCTETS = { "content-type": "application/octet-stream" };

async function pushManifest(client: RegistryClient, manifest: Blob, tag: string | undefined): Promise<void> {
  const { digest, mediaType } = manifest.descriptor;
  const path = `manifests/${tag ?? digest}`;
  const body = await content(manifest);
  await client.send(
    { method: "PUT", path, headers: { "content-type": mediaType }, body },
    async (response) => {
      checkDigest(client, response, digest);
      await response.body?.cancel();
    },
  );
}

function checkDigest(client: RegistryClient, response: Response, expected: string): void {
  const got = response.headers.get("docker-content-digest");
  if (got !== null && got !== expected)
    throw digestMismatch(client.name, { digest: expected }, { digest: got });
}

function withDigest(location: string, digest: string): string {
  const separator = location.includes("?") ? "&" : "?";
  return `${location}${separator}digest=${encodeURIComponent(digest)}`;
}

async function content({ content: from, descriptor }: Blob): Promise<globalThis.Blob> {
  if ("file" in from) return openAsBlob(from.file, { type: descriptor.mediaType });
  return new globalThis.Blob([new Uint8Array(from.bytes)]);
}
