import { isDigest } from "./blob-folder.ts";
import { RegistryError } from "./registry-error.ts";

/** What the registry needs to know of a manifest. */
export interface ToldManifest {
  readonly mediaType: string;
  readonly needs: readonly { readonly kind: "blob" | "manifest"; readonly digest: string }[];
  readonly contentSize: number;
  readonly artifactType: string | undefined;
  readonly subject: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

export const IMAGE_INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

const IMAGE_TYPES = new Set([
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
]);
const INDEX_TYPES = new Set([IMAGE_INDEX_TYPE, "application/vnd.docker.distribution.manifest.list.v2+json"]);

interface Descriptor {
  readonly digest?: unknown;
  readonly size?: unknown;
  readonly mediaType?: unknown;
}

interface WrittenManifest {
  readonly schemaVersion?: unknown;
  readonly mediaType?: unknown;
  readonly artifactType?: unknown;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Reads an image manifest or an index. Throws MANIFEST_INVALID with the reason. */
export function readManifest(bytes: Buffer, contentType: string): ToldManifest {
  const manifest = parse(bytes);
  const mediaType = typeof manifest.mediaType === "string" ? manifest.mediaType : contentType;
  if (contentType !== "" && mediaType !== contentType) {
    throw invalid(`the manifest says mediaType ${mediaType}, the request says ${contentType}`);
  }
  if (manifest.schemaVersion !== 2) throw invalid("schemaVersion must be 2");
  const isIndex = INDEX_TYPES.has(mediaType);
  if (!isIndex && !IMAGE_TYPES.has(mediaType)) throw invalid(`unknown mediaType "${mediaType}"`);
  if (!isIndex && manifest.config === undefined) throw invalid("config is missing");

  const blobs = isIndex ? [] : [manifest.config ?? {}, ...list(manifest.layers, "layers")];
  const children = isIndex ? list(manifest.manifests, "manifests") : [];
  const configType = manifest.config?.mediaType;
  return {
    mediaType,
    needs: [
      ...blobs.map((one) => ({ kind: "blob" as const, digest: digest(one) })),
      ...children.map((one) => ({ kind: "manifest" as const, digest: digest(one) })),
    ],
    contentSize: blobs.reduce((sum, one) => sum + (typeof one.size === "number" ? one.size : 0), 0),
    artifactType: text(manifest.artifactType) ?? (isIndex ? undefined : text(configType)),
    subject: manifest.subject === undefined ? undefined : digest(manifest.subject),
    annotations: manifest.annotations,
  };
}

function parse(bytes: Buffer): WrittenManifest {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Not JSON: answered like any other body that is no object.
  }
  throw invalid("the manifest is not a JSON object");
}

function list(value: readonly Descriptor[] | undefined, name: string): readonly Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`${name} must be a list`);
  return value as readonly Descriptor[];
}

function digest(descriptor: Descriptor): string {
  const value = descriptor.digest;
  if (typeof value !== "string" || !isDigest(value))
    throw invalid(`"${String(value)}" is not a sha256 digest`);
  return value;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function invalid(says: string): RegistryError {
  return new RegistryError(400, "MANIFEST_INVALID", says);
}
