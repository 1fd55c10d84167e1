import { Readable } from "node:stream";
import pMap from "p-map";
import { blobBytes, digestMismatch, findBlob, storeBlob } from "./blob-folder.ts";
import { machinePlatform } from "./build-image.ts";
import { choosePlatform } from "./choose-platform.ts";
import { digestOf, isDigest } from "./digest.ts";
import { isIndex, readConfig, readManifest } from "./image-documents.ts";
import { type Blob, type Descriptor, type Image, MEDIA, type Platform } from "./image-types.ts";
import type { Reference } from "./reference.ts";
import { RegistryClient } from "./registry-client.ts";
import { imageNotFound, registryFault } from "./registry-problems.ts";
import type { RegistryOptions } from "./registry-types.ts";

const MANIFESTS = [MEDIA.index, MEDIA.manifest, MEDIA.dockerIndex, MEDIA.dockerManifest].join(", ");
// The size up to which registries must accept manifests.
const LARGEST_DOCUMENT = 4 * 1024 * 1024;

/**
 * What the reference names now: the digest of its manifest or index; undefined when the registry has no such thing.
 * Throws REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_FAULT, DIGEST_MISMATCH.
 */
export async function resolveDigest(
  reference: Reference,
  options: RegistryOptions = {},
): Promise<string | undefined> {
  const client = new RegistryClient(reference, options);
  const found = await fetchManifest(client, reference.digest ?? reference.tag ?? "latest");
  return found?.descriptor.digest;
}

/**
 * Pulls the image for a platform (this machine's unless said); blobs are stored in `folder` by digest and not fetched
 * twice. Throws IMAGE_NOT_FOUND, REGISTRY_UNREACHABLE, REGISTRY_REFUSED, REGISTRY_FAULT, DIGEST_MISMATCH,
 * PLATFORM_MISSING.
 */
export async function pullImage(
  reference: Reference,
  folder: string,
  options: RegistryOptions & { platform?: Platform } = {},
): Promise<Image> {
  const client = new RegistryClient(reference, options);
  const top = await fetchManifest(client, reference.digest ?? reference.tag ?? "latest");
  if (top === undefined) throw imageNotFound(client.name);
  const manifest = await manifestFor(client, top, options.platform ?? machinePlatform());
  const { config, layers } = readManifest(await blobBytes(manifest), client.name);

  if (config.size > LARGEST_DOCUMENT) throw registryFault(client.name, `its config has ${config.size} bytes`);
  const configBlob = await fetchBlob(client, config, folder);
  const layerBlobs = await pMap(layers, (layer) => fetchBlob(client, layer, folder), { concurrency: 3 });
  const parsed = readConfig(await blobBytes(configBlob), client.name, layers.length);
  return { manifest, config: parsed, configBlob, layers: layerBlobs };
}

async function manifestFor(client: RegistryClient, top: Blob, platform: Platform): Promise<Blob> {
  if (!isIndex(top.descriptor.mediaType)) return top;
  const chosen = choosePlatform(await blobBytes(top), platform, client.name);
  const manifest = await fetchManifest(client, chosen.digest);
  if (manifest === undefined) throw imageNotFound(`${client.name} (${chosen.digest})`);
  if (isIndex(manifest.descriptor.mediaType))
    throw registryFault(client.name, "its index names another index");
  return manifest;
}

async function fetchManifest(client: RegistryClient, name: string): Promise<Blob | undefined> {
  const request = {
    method: "GET",
    path: `manifests/${name}`,
    headers: { accept: MANIFESTS },
    alsoAccepts: [404],
  } as const;
  return client.send(request, async (response) => {
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    const bytes = await smallBody(client, response);
    const digest = digestOf(bytes);
    const promised = isDigest(name) ? name : response.headers.get("docker-content-digest");
    if (promised !== null && promised !== digest)
      throw digestMismatch(client.name, { digest: promised }, { digest });
    const [mediaType = ""] = (response.headers.get("content-type") ?? "").split(";");
    return { descriptor: { mediaType: mediaType.trim(), digest, size: bytes.length }, content: { bytes } };
  });
}

async function smallBody(client: RegistryClient, response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > LARGEST_DOCUMENT) throw registryFault(client.name, "its manifest is larger than 4 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function fetchBlob(client: RegistryClient, descriptor: Descriptor, folder: string): Promise<Blob> {
  const known = await findBlob(folder, descriptor);
  if (known !== undefined) return known;
  return client.send({ method: "GET", path: `blobs/${descriptor.digest}` }, async (response) => {
    const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body);
    return storeBlob(folder, descriptor, body, client.name);
  });
}
