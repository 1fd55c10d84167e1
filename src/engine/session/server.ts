import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Session } from "../state/session.ts";
import { answer } from "./answer.ts";

const LONGEST_REQUEST_BYTES = 128 * 1024 * 1024;
/** Clients keep connections open between requests; closing one while the next request is on its way would lose that. */
const KEEP_ALIVE_MS = 600_000;

export interface SessionServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a session on 127.0.0.1, at a port the system chooses, to whoever knows the token. */
export async function serveSession(session: Session, token: string): Promise<SessionServer> {
  const server = createServer((request, response) => void handle(session, token, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => done());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () =>
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  session: Session,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client went away"));
  });
  response.on("error", () => {});
  try {
    if (!isAllowed(request, token))
      return send(response, 401, { errors: [{ message: "wrong session token" }] });
    if (request.method !== "POST" || request.url?.split("?")[0] !== "/query") {
      return send(response, 404, { errors: [{ message: "the session answers POST /query" }] });
    }
    const query = await readQuery(request);
    if (query === undefined) return send(response, 400, { errors: [{ message: "the body holds no query" }] });
    send(response, 200, await answer(session, query, AbortSignal.any([gone.signal, session.signal])));
  } catch (error) {
    if (gone.signal.aborted) return;
    const message = session.secrets.scrub(error instanceof Error ? error.message : String(error));
    send(response, 500, { errors: [{ message: `the embedded engine failed: ${message}` }] });
  }
}

function isAllowed(request: IncomingMessage, token: string): boolean {
  const [, encoded = ""] = /^Basic (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  const [user = ""] = Buffer.from(encoded, "base64").toString().split(":");
  return timingSafeEqual(digest(user), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

async function readQuery(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query?: unknown };
    return typeof query === "string" ? query : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
