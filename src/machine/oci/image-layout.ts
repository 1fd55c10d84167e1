import { createReadStream, createWriteStream } from "node:fs";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type TarHeader, createTarDecoder, createTarPacker } from "modern-tar";
import { blobBytes, findBlob, storeBlob } from "./blob-folder.ts";
import { buildIndex } from "./build-image.ts";
import { canonicalJson } from "./canonical-json.ts";
import { isDigest } from "./digest.ts";
import { invalid, isIndex, readConfig, readIndex, readManifest } from "./image-documents.ts";
import { type Blob, type Descriptor, type Image, MEDIA } from "./image-types.ts";

const LAYOUT = Buffer.from('{"imageLayoutVersion":"1.0.0"}');
const INDEX = "index.json";
const EPOCH = new Date(0);

/**
 * Writes the images as an OCI image layout in one tarball, as `docker load`, `podman load` and `skopeo
 * oci-archive:` read it. Several images are one multi-platform image. The same images give the same bytes. `name` is
 * what the image is called after loading.
 */
export async function writeImageTarball(
  images: readonly [Image, ...Image[]],
  file: string,
  name?: string,
): Promise<void> {
  const [first] = images;
  const multi = images.length === 1 ? undefined : buildIndex(images);
  const top = (multi ?? first.manifest).descriptor;
  const annotations = name === undefined ? {} : { "org.opencontainers.image.ref.name": name };
  const entry = name === undefined ? top : { ...top, annotations };
  const index = canonicalJson({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [entry] });

  const blobs = new Map<string, Blob>();
  for (const blob of images.flatMap((image) => [image.manifest, image.configBlob, ...image.layers]))
    blobs.set(blob.descriptor.digest, blob);
  if (multi !== undefined) blobs.set(multi.descriptor.digest, multi);
  const sorted = [...blobs.values()].sort((a, b) => (a.descriptor.digest < b.descriptor.digest ? -1 : 1));
  const files = sorted.map(({ descriptor: { digest, size }, content }) => ({
    name: `blobs/${digest.replace(":", "/")}`,
    size,
    content,
  }));

  const { readable, controller } = createTarPacker();
  async function write(): Promise<void> {
    await add("oci-layout", LAYOUT.length, { bytes: LAYOUT });
    await add(INDEX, index.length, { bytes: index });
    for (const { name, size, content } of files) await add(name, size, content);
    controller.finalize();
  }
  async function add(name: string, size: number, content: Blob["content"]): Promise<void> {
    const header: TarHeader = { name, size, type: "file", mode: 0o644, mtime: EPOCH, uid: 0, gid: 0 };
    const source = "bytes" in content ? Readable.from([content.bytes]) : createReadStream(content.file);
    await pipeline(source, Writable.fromWeb(controller.add(header)));
  }
  write().catch((error: unknown) => controller.error(error));
  await pipeline(Readable.fromWeb(readable), createWriteStream(file));
}

/**
 * Reads an OCI image layout tarball: the images of its one entry. Blobs are stored in `folder`, their digests checked.
 * Throws IMAGE_INVALID, DIGEST_MISMATCH.
 */
export async function readImageTarball(file: string, folder: string): Promise<[Image, ...Image[]]> {
  const index = await unpackBlobs(file, folder);
  const [entry, second] = readIndex(index, file);
  if (entry === undefined) throw invalid(file, "its index names no image");
  if (second !== undefined) throw invalid(file, "its index names several images; export one of them");
  const manifests = isIndex(entry.mediaType)
    ? readIndex(await blobBytes(await found(folder, entry, file)), file)
    : [entry];
  // Attestations stand beside the images as manifests of no platform.
  const real = manifests.filter(({ platform }) => platform?.architecture !== "unknown");
  const [first, ...rest] = await Promise.all(real.map((manifest) => readImage(folder, manifest, file)));
  if (first === undefined) throw invalid(file, "its index names no platform");
  return [first, ...rest];
}

async function readImage(folder: string, descriptor: Descriptor, file: string): Promise<Image> {
  const manifest = await found(folder, descriptor, file);
  const documents = readManifest(await blobBytes(manifest), file);
  const configBlob = await found(folder, documents.config, file);
  const layers = await Promise.all(documents.layers.map((layer) => found(folder, layer, file)));
  return {
    manifest,
    config: readConfig(await blobBytes(configBlob), file, layers.length),
    configBlob,
    layers,
  };
}

async function found(folder: string, descriptor: Descriptor, file: string): Promise<Blob> {
  const blob = await findBlob(folder, descriptor);
  if (blob === undefined) throw invalid(file, `it lacks ${descriptor.digest}`);
  return blob;
}

/** Stores the blobs and answers the text of `index.json`. Nothing else of the tarball is used. */
async function unpackBlobs(file: string, folder: string): Promise<Buffer> {
  const decoder = createTarDecoder({ strict: true });
  const reading = pipeline(createReadStream(file), Writable.fromWeb(decoder.writable));
  let index: Buffer | undefined;
  try {
    for await (const { header, body } of decoder.readable) {
      const [, hex] = /^(?:\.\/)?blobs\/sha256\/([0-9a-f]{64})$/.exec(header.name) ?? [];
      const digest = `sha256:${hex}`;
      if (/^(?:\.\/)?index\.json$/.test(header.name))
        index = Buffer.from(await new Response(body).arrayBuffer());
      else if (header.type === "file" && isDigest(digest))
        await storeBlob(folder, { mediaType: "", digest, size: header.size }, Readable.fromWeb(body), file);
      else await body.cancel();
    }
    await reading;
  } catch (error) {
    await reading.catch(() => undefined);
    throw error instanceof Error && !("code" in error) && error.name !== "SlipwayError"
      ? invalid(file, `it is not a tarball: ${error.message}`, error)
      : error;
  }
  if (index === undefined) throw invalid(file, "it has no index.json, so it is not an OCI image layout");
  return index;
}
