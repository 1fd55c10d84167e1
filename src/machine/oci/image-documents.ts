import { SlipwayError } from "../../core/errors.ts";
import { isDigest } from "./digest.ts";
import { type Descriptor, type ImageConfig, MEDIA } from "./image-types.ts";

const LAYER_TYPE =
  /^application\/vnd\.(oci\.image\.layer\.v1\.tar(\+gzip|\+zstd)?|docker\.image\.rootfs\.diff\.tar\.gzip)$/;

/** Whether a media type is that of a multi-platform image. */
export function isIndex(mediaType: string): boolean {
  return mediaType === MEDIA.index || mediaType === MEDIA.dockerIndex;
}

/** What a manifest names. Throws IMAGE_INVALID. */
export function readManifest(bytes: Buffer, at: string): { config: Descriptor; layers: Descriptor[] } {
  const document = readDocument(bytes, at, "manifest");
  const config = descriptor(document["config"], at);
  const layers = list(document["layers"]).map((layer) => descriptor(layer, at));
  const strange = layers.find((layer) => !LAYER_TYPE.test(layer.mediaType));
  if (strange !== undefined) throw invalid(at, `it has a layer of type "${strange.mediaType}"`);
  return { config, layers };
}

/** The manifests an index names. Throws IMAGE_INVALID. */
export function readIndex(bytes: Buffer, at: string): Descriptor[] {
  return list(readDocument(bytes, at, "index")["manifests"]).map((entry) => descriptor(entry, at));
}

/** An image's config; it must name as many layers as the manifest. Throws IMAGE_INVALID. */
export function readConfig(bytes: Buffer, at: string, layers: number): ImageConfig {
  const document = readDocument(bytes, at, "config");
  const rootfs = record(document["rootfs"]);
  const diffIds = list(rootfs?.["diff_ids"]).filter(
    (id): id is string => typeof id === "string" && isDigest(id),
  );
  if (diffIds.length !== layers)
    throw invalid(at, `its config names ${diffIds.length} layers, its manifest ${layers}`);
  const { os, architecture } = document;
  if (typeof os !== "string" || typeof architecture !== "string")
    throw invalid(at, "its config names no platform");
  return {
    ...(document as Partial<ImageConfig>),
    os,
    architecture,
    config: record(document["config"]) ?? {},
    rootfs: { type: "layers", diff_ids: diffIds },
  };
}

/** An image whose documents do not fit together. */
export function invalid(at: string, says: string, cause?: unknown): SlipwayError {
  const hint = "build and push the image again";
  return new SlipwayError({ code: "IMAGE_INVALID", at, says, hint }, "verifyFailed", { cause });
}

function descriptor(value: unknown, at: string): Descriptor {
  const { mediaType, digest, size } = record(value) ?? {};
  if (typeof mediaType !== "string" || typeof digest !== "string" || !isDigest(digest))
    throw invalid(at, `"${String(digest)}" is not the digest of a part`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw invalid(at, `"${String(size)}" is not the size of a part`);
  return { ...(value as Partial<Descriptor>), mediaType, digest, size };
}

function readDocument(bytes: Buffer, at: string, what: string): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw invalid(at, `its ${what} is not JSON`, cause);
  }
  const found = record(document);
  if (found === undefined) throw invalid(at, `its ${what} is not an object`);
  return found;
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
