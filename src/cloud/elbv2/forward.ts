import {
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream/promises";
import { endToEnd, forwarded } from "./proxy-headers.ts";
import type { TargetPool } from "./target-pool.ts";
import type { Target } from "./target.ts";

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
const IDLE_MS = 60_000;

/**
 * Hands a request to a target and its answer back, both as streams.
 *
 * A request that can be repeated (no body, idempotent) goes over a kept connection and moves on to another target when
 * the connection breaks before any byte of the answer. All others get a fresh connection, so that they cannot meet one
 * that the target is just closing, and move on only when no connection could be made at all.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  pool: TargetPool | undefined,
  port: number,
): Promise<void> {
  const repeatable = IDEMPOTENT.has(request.method ?? "") && !hasBody(request);
  const tried = new Set<Target>();
  for (;;) {
    const target = pool?.pick(tried);
    if (pool === undefined || target === undefined) {
      refuse(response, tried.size === 0 ? 503 : 502);
      return;
    }
    tried.add(target);
    const end = pool.begin(target);
    try {
      const upstream = repeatable
        ? open(request, target, port)
        : await openFresh(request, target, port).catch(() => undefined);
      if (upstream === undefined) continue;
      const answer = await firstBytes(request, upstream, response);
      if (answer === "gone") return;
      if (answer !== "broken") {
        await passBack(answer, response);
        return;
      }
      if (!repeatable) {
        refuse(response, 502);
        return;
      }
    } catch (error) {
      if (error instanceof IdleTimeout) refuse(response, 504);
      else response.destroy();
      return;
    } finally {
      end();
    }
  }
}

class IdleTimeout extends Error {}

function open(request: IncomingMessage, target: Target, port: number): ClientRequest {
  return httpRequest({ agent: target.agent, ...what(request, target, port) });
}

async function openFresh(request: IncomingMessage, target: Target, port: number): Promise<ClientRequest> {
  const socket = await target.agent.dial();
  return httpRequest({ createConnection: () => socket, ...what(request, target, port) });
}

function what(request: IncomingMessage, target: Target, port: number) {
  return {
    host: target.host,
    port: target.port,
    method: request.method,
    path: request.url,
    headers: forwarded(request, port),
    // The client's Host header goes through as it is.
    setHost: false,
  };
}

function firstBytes(
  request: IncomingMessage,
  upstream: ClientRequest,
  response: ServerResponse,
): Promise<IncomingMessage | "broken" | "gone"> {
  return new Promise((done, failed) => {
    const left = () => {
      upstream.destroy();
      done("gone");
    };
    response.once("close", left);
    upstream.setTimeout(IDLE_MS, () => {
      failed(new IdleTimeout());
      upstream.destroy();
    });
    upstream.on("error", () => done(response.destroyed ? "gone" : "broken"));
    upstream.on("response", (answer) => {
      response.removeListener("close", left);
      done(answer);
    });
    // A repeated request was read to its end the first time; only one with a body is piped.
    if (hasBody(request)) request.pipe(upstream);
    else upstream.end();
  });
}

async function passBack(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? "", endToEnd(answer.headers));
  await pipeline(answer, response);
}

function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0
  );
}

const TITLES = {
  502: "502 Bad Gateway",
  503: "503 Service Temporarily Unavailable",
  504: "504 Gateway Time-out",
};

function refuse(response: ServerResponse, status: 502 | 503 | 504): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const title = TITLES[status];
  const body = `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>\n`;
  response.writeHead(status, {
    server: "awselb/2.0",
    "content-type": "text/html",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
