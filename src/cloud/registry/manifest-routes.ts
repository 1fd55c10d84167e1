import type { RegistryCall, Route } from "./answer-registry.ts";
import { isDigest } from "./blob-folder.ts";
import { IMAGE_INDEX_TYPE } from "./manifest.ts";
import { RegistryError } from "./registry-error.ts";
import { AwsError } from "../wire/aws-error.ts";
import { readBody } from "../wire/read-body.ts";

const MANIFEST_LIMIT = 4 * 1024 * 1024;

/** Manifests by tag and digest, the list of tags, and what refers to a manifest. */
export const manifestRoutes: Readonly<Record<string, Route>> = {
  "GET manifests": readManifest,
  "HEAD manifests": readManifest,
  "PUT manifests": writeManifest,
  "GET tags": listTags,
  "GET referrers": listReferrers,
};

async function readManifest(call: RegistryCall): Promise<void> {
  const repository = call.store.open(call.name);
  const found = call.store.manifest(repository, call.rest);
  // Read for HEAD as well: whoever asks leaves out the push of what is said to be there.
  const bytes = found === undefined ? undefined : await call.store.read(found.digest);
  if (found === undefined || bytes === undefined) {
    throw new RegistryError(404, "MANIFEST_UNKNOWN", `Requested image not found: ${call.name}, ${call.rest}`);
  }
  call.response.writeHead(200, {
    "content-type": found.mediaType,
    "content-length": found.size,
    "docker-content-digest": found.digest,
  });
  call.response.end(call.method === "HEAD" ? undefined : bytes);
}

async function writeManifest(call: RegistryCall): Promise<void> {
  const repository = call.store.open(call.name);
  const contentType = (call.request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  const bytes = await readBody(call.request, MANIFEST_LIMIT).catch((error: unknown) => {
    if (error instanceof AwsError) throw new RegistryError(413, "MANIFEST_INVALID", error.message);
    throw error;
  });
  const stored = await call.store.put(repository, call.rest, bytes, contentType, call.now);
  if (stored.subject !== undefined) call.response.setHeader("oci-subject", stored.subject);
  call.response.writeHead(201, {
    location: `/v2/${call.name}/manifests/${stored.digest}`,
    "docker-content-digest": stored.digest,
    "content-length": 0,
  });
  call.response.end();
}

function listTags(call: RegistryCall): void {
  const repository = call.store.open(call.name);
  if (call.rest !== "list") throw new RegistryError(404, "UNSUPPORTED", "ask for /tags/list");
  const last = call.query.get("last") ?? "";
  const limit = Number(call.query.get("n") ?? 1000);
  const tags = Object.keys(repository.tags)
    .toSorted()
    .filter((tag) => tag > last);
  const page = tags.slice(0, limit);
  if (page.length < tags.length) {
    const next = `/v2/${call.name}/tags/list?n=${limit}&last=${page.at(-1)}`;
    call.response.setHeader("link", `<${next}>; rel="next"`);
  }
  sendJson(call, "application/json", { name: call.name, tags: page });
}

function listReferrers(call: RegistryCall): void {
  const repository = call.store.open(call.name);
  if (!isDigest(call.rest))
    throw new RegistryError(400, "DIGEST_INVALID", `"${call.rest}" is not a sha256 digest`);
  const artifactType = call.query.get("artifactType");
  const manifests = Object.values(repository.manifests)
    .filter((one) => one.subject === call.rest)
    .filter((one) => artifactType === null || one.artifactType === artifactType)
    .map((one) => ({
      mediaType: one.mediaType,
      digest: one.digest,
      size: one.size,
      artifactType: one.artifactType,
      annotations: one.annotations,
    }));
  if (artifactType !== null) call.response.setHeader("oci-filters-applied", "artifactType");
  sendJson(call, IMAGE_INDEX_TYPE, { schemaVersion: 2, mediaType: IMAGE_INDEX_TYPE, manifests });
}

function sendJson(call: RegistryCall, type: string, value: unknown): void {
  const text = JSON.stringify(value);
  call.response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(text) });
  call.response.end(text);
}
