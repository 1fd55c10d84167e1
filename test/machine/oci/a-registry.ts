import { createHash } from "node:crypto";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly blobs: Map<string, Buffer>;
  /** By digest and by tag. */
  readonly manifests: Map<string, { type: string; bytes: Buffer }>;
  /** `METHOD path` of every request that was let in. */
  readonly log: string[];
  /** Answers a request instead of the registry; undefined: the registry does. */
  before: (request: IncomingMessage, response: ServerResponse) => "answered" | undefined;
}

/** A small registry that checks digests itself, on loopback, gone after the test. */
export async function aRegistry(): Promise<TestRegistry> {
  const registry: TestRegistry = {
    address: "",
    blobs: new Map(),
    manifests: new Map(),
    log: [],
    before: () => undefined,
  };
  const server = createServer((request, response) => {
    if (registry.before(request, response) === "answered") return;
    registry.log.push(`${request.method} ${request.url}`);
    answer(registry, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(registry, { address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function answer(
  registry: TestRegistry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "", "http://registry");
  const body = await buffer(request);
  const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  const [, kind = "", name = ""] = /^\/v2\/.+\/(blobs|manifests)\/(.+)$/.exec(url.pathname) ?? [];
  const end = (status: number, headers: Record<string, string> = {}, content: Buffer | string = "") =>
    response.writeHead(status, headers).end(request.method === "HEAD" ? "" : content);

  if (kind === "blobs" && request.method === "POST")
    return void end(202, { location: `${url.pathname}1?state=a%20b` });
  if (kind === "blobs" && request.method === "PUT") {
    if (url.searchParams.get("digest") !== digest || url.searchParams.get("state") !== "a b")
      return void end(400);
    registry.blobs.set(digest, body);
    return void end(201, { "docker-content-digest": digest });
  }
  if (kind === "manifests" && request.method === "PUT") {
    if (name.startsWith("sha256:") && name !== digest) return void end(400);
    const manifest = { type: request.headers["content-type"] ?? "", bytes: body };
    registry.manifests.set(name, manifest).set(digest, manifest);
    return void end(201, { "docker-content-digest": digest });
  }
  const blob = kind === "blobs" ? registry.blobs.get(name) : undefined;
  if (blob !== undefined) return void end(200, { "content-length": String(blob.length) }, blob);
  const manifest = kind === "manifests" ? registry.manifests.get(name) : undefined;
  if (manifest === undefined) return void end(404, {}, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
  end(
    200,
    { "content-type": manifest.type, "content-length": String(manifest.bytes.length) },
    manifest.bytes,
  );
}
