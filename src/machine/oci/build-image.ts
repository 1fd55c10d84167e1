import { canonicalJson } from "./canonical-json.ts";
import { digestOf } from "./digest.ts";
import {
  type Blob,
  type Image,
  type ImageConfig,
  type ImageManifest,
  MEDIA,
  type Platform,
  type RunConfig,
} from "./image-types.ts";
import type { PackedLayer } from "./pack-layer.ts";

export interface ImageRecipe {
  /** Lowest first. */
  readonly layers: readonly PackedLayer[];
  readonly config: RunConfig;
  /** This machine's unless said. */
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Config and manifest of an image, without any time in them: the same recipe gives the same digest. */
export function buildImage(recipe: ImageRecipe): Image {
  const config: ImageConfig = {
    ...(recipe.platform ?? machinePlatform()),
    config: recipe.config,
    rootfs: { type: "layers", diff_ids: recipe.layers.map((layer) => layer.diffId) },
  };
  const configBlob = documentBlob(MEDIA.config, config);
  const layers = recipe.layers.map(layerBlob);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config: configBlob.descriptor,
    layers: layers.map((layer) => layer.descriptor),
    ...(recipe.annotations === undefined ? {} : { annotations: recipe.annotations }),
  };
  return { manifest: documentBlob(MEDIA.manifest, manifest), config, configBlob, layers };
}

/** An index over images of several platforms. */
export function buildIndex(
  images: readonly Image[],
  annotations: Readonly<Record<string, string>> = {},
): Blob {
  const manifests = images.map(({ manifest, config }) => ({
    ...manifest.descriptor,
    platform: platformOf(config),
  }));
  const named = Object.keys(annotations).length === 0 ? {} : { annotations };
  return documentBlob(MEDIA.index, { schemaVersion: 2, mediaType: MEDIA.index, manifests, ...named });
}

/** A JSON document with its descriptor. */
function documentBlob(mediaType: string, document: object): Blob {
  const bytes = canonicalJson(document);
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, content: { bytes } };
}

/** The platform that this machine runs. */
export function machinePlatform(): Platform {
  // Images are Linux ones, also those pulled on another system.
  const architecture =
    ({ x64: "amd64", ia32: "386" } as Record<string, string>)[process.arch] ?? process.arch;
  return architecture === "arm64"
    ? { os: "linux", architecture, variant: "v8" }
    : { os: "linux", architecture };
}

function platformOf({ os, architecture, variant }: ImageConfig): Platform {
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

function layerBlob({ digest, size, file }: PackedLayer): Blob {
  return { descriptor: { mediaType: MEDIA.layer, digest, size }, content: { file } };
}
