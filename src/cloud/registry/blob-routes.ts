import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { RegistryCall, Route } from "./answer-registry.ts";
import { RegistryError } from "./registry-error.ts";

/** Blobs and their uploads, monolithic (one POST or POST and PUT) and in chunks (PATCH). */
export const blobRoutes: Readonly<Record<string, Route>> = {
  "GET blobs": readBlob,
  "HEAD blobs": readBlob,
  "POST blobs/uploads": startUpload,
  "PATCH blobs/uploads": takeChunk,
  "PUT blobs/uploads": finishUpload,
  "GET blobs/uploads": showUpload,
  "DELETE blobs/uploads": dropUpload,
};

async function readBlob(call: RegistryCall): Promise<void> {
  const repository = call.store.open(call.name);
  const size = repository.blobs[call.rest] === undefined ? undefined : call.store.blobs.size(call.rest);
  if (size === undefined) {
    throw new RegistryError(404, "BLOB_UNKNOWN", `${call.name} has no blob ${call.rest}`, {
      digest: call.rest,
    });
  }
  call.response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": size,
    "docker-content-digest": call.rest,
  });
  if (call.method === "HEAD") call.response.end();
  else await pipeline(createReadStream(call.store.blobs.path(call.rest)), call.response);
}

async function startUpload(call: RegistryCall): Promise<void> {
  const repository = call.store.open(call.name);
  const [mount, from, digest] = ["mount", "from", "digest"].map((name) => call.query.get(name));
  if (mount && from && call.store.find(from)?.blobs[mount] !== undefined) {
    call.store.hold(repository, mount);
    created(call, mount);
    return;
  }
  const id = call.store.blobs.startUpload();
  if (digest) {
    await receive(call, id, digest);
    return;
  }
  call.response.writeHead(202, { ...uploadHeaders(call, id, 0), "content-length": 0 }).end();
}

async function takeChunk(call: RegistryCall): Promise<void> {
  call.store.open(call.name);
  const received = call.store.blobs.received(call.rest);
  const start = /^(\d+)-\d+$/.exec(call.request.headers["content-range"] ?? "")?.[1];
  if (start !== undefined && Number(start) !== received) {
    call.response.setHeader("range", `0-${Math.max(received - 1, 0)}`);
    throw new RegistryError(
      416,
      "BLOB_UPLOAD_INVALID",
      `the next byte of the upload is ${received}, not ${start}`,
    );
  }
  const size = await call.store.blobs.append(call.rest, call.request);
  call.response.writeHead(202, { ...uploadHeaders(call, call.rest, size), "content-length": 0 }).end();
}

async function finishUpload(call: RegistryCall): Promise<void> {
  const digest = call.query.get("digest");
  if (digest === null)
    throw new RegistryError(400, "DIGEST_INVALID", "the digest is missing: ?digest=sha256:…");
  call.store.blobs.received(call.rest);
  await receive(call, call.rest, digest);
}

function showUpload(call: RegistryCall): void {
  call.store.open(call.name);
  const size = call.store.blobs.received(call.rest);
  call.response.writeHead(204, uploadHeaders(call, call.rest, size)).end();
}

async function dropUpload(call: RegistryCall): Promise<void> {
  call.store.open(call.name);
  call.store.blobs.received(call.rest);
  await call.store.blobs.drop(call.rest);
  call.response.writeHead(204).end();
}

async function receive(call: RegistryCall, id: string, digest: string): Promise<void> {
  const repository = call.store.open(call.name);
  call.store.blobs.path(digest);
  await call.store.blobs.take(id, digest, call.request);
  call.store.hold(repository, digest);
  created(call, digest);
}

function created(call: RegistryCall, digest: string): void {
  call.response
    .writeHead(201, {
      location: `/v2/${call.name}/blobs/${digest}`,
      "docker-content-digest": digest,
      "content-length": 0,
    })
    .end();
}

function uploadHeaders(call: RegistryCall, id: string, size: number): Record<string, string> {
  return {
    location: `/v2/${call.name}/blobs/uploads/${id}`,
    "docker-upload-uuid": id,
    range: `0-${Math.max(size - 1, 0)}`,
  };
}
