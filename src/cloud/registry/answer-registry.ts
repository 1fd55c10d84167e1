import type { IncomingMessage, ServerResponse } from "node:http";
import { blobRoutes } from "./blob-routes.ts";
import type { ImageStore } from "./image-store.ts";
import { manifestRoutes } from "./manifest-routes.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTokens } from "./registry-tokens.ts";

export interface RegistryCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly store: ImageStore;
  readonly method: string;
  /** Repository name. */
  readonly name: string;
  /** What follows the route's word: a digest, a tag, an upload id. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** Seconds since the epoch. */
  readonly now: number;
}

export type Route = (call: RegistryCall) => Promise<void> | void;

const PATH =
  /^\/v2\/(?<name>[a-z0-9._/-]+?)\/(?<kind>blobs\/uploads|blobs|manifests|tags|referrers)\/(?<rest>[^/]*)$/;

/** Answers one request of the OCI distribution protocol (everything below `/v2/`). */
export async function answerRegistry(
  request: IncomingMessage,
  response: ServerResponse,
  registry: { readonly store: ImageStore; readonly tokens: RegistryTokens; readonly now: number },
  onFault: (fault: unknown) => void,
): Promise<void> {
  response.setHeader("docker-distribution-api-version", "registry/2.0");
  try {
    const url = new URL(request.url ?? "/", "http://registry");
    if (!registry.tokens.accepts(request.headers.authorization, registry.now)) {
      const realm = `Basic realm="http://${request.headers.host ?? "127.0.0.1"}/",service="ecr.amazonaws.com"`;
      response.setHeader("www-authenticate", realm);
      throw new RegistryError(
        401,
        "UNAUTHORIZED",
        "log in as slipway with the password slipway, or with the token of ECR's GetAuthorizationToken",
      );
    }
    if (url.pathname === "/v2/" || url.pathname === "/v2") return answer(response, 200, {});
    const groups = PATH.exec(url.pathname)?.groups;
    const method = request.method ?? "GET";
    const route = groups === undefined ? undefined : ROUTES[`${method} ${groups["kind"]}`];
    if (groups === undefined || route === undefined) {
      throw new RegistryError(405, "UNSUPPORTED", `${method} ${url.pathname} is not supported`);
    }
    const name = groups["name"] ?? "";
    const rest = decodeURIComponent(groups["rest"] ?? "");
    const { store, now } = registry;
    await route({ request, response, store, method, name, rest, query: url.searchParams, now });
  } catch (fault) {
    if (!(fault instanceof RegistryError)) onFault(fault);
    const error =
      fault instanceof RegistryError
        ? fault
        : new RegistryError(500, "UNKNOWN", "a fault in the local cloud");
    // What was not read of the request is not worth reading: the client learns of the error at once.
    if (!request.complete) response.setHeader("connection", "close");
    answer(response, error.status, {
      errors: [{ code: error.code, message: error.message, detail: error.detail }],
    });
  }
}

const ROUTES: Readonly<Record<string, Route>> = { ...blobRoutes, ...manifestRoutes };

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
