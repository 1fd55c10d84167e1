import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SlipwayError } from "../core/errors.ts";

// Node closes a quiet connection after five seconds, just when a client that waits between two looks uses it again.
const KEEP_ALIVE_MS = 75_000;

/** Answers a request or says that it is not for it. */
export type Door = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export interface Endpoint {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * One HTTP server on loopback; each request goes to the first door that takes it. Port 0: the system chooses.
 * Throws PORT_TAKEN (exit 2) when another process listens there.
 */
export async function startEndpoint(
  port: number,
  doors: readonly Door[],
  onFault: (fault: unknown) => void,
): Promise<Endpoint> {
  const server = createServer((request, response) => {
    void answer(request, response, doors).catch((fault: unknown) => {
      onFault(fault);
      response.destroy();
    });
  });
  // A push of a large layer may take longer than Node's five minutes for a whole request.
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  doors: readonly Door[],
): Promise<void> {
  // A client that goes away in the middle is no fault of ours.
  response.on("error", () => undefined);
  request.on("error", () => undefined);
  for (const door of doors) if (await door(request, response)) return;
  response.writeHead(404, { "content-type": "text/plain" });
  response.end("nothing here: this is the endpoint of slipway's local cloud\n");
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      failed(error.code === "EADDRINUSE" ? portTaken(port, error) : error);
    });
    server.listen(port, "127.0.0.1", () => {
      server.removeAllListeners("error");
      done();
    });
  });
}

function portTaken(port: number, cause: unknown): SlipwayError {
  return new SlipwayError(
    {
      code: "PORT_TAKEN",
      at: `127.0.0.1:${port}`,
      says: `port ${port} is taken by another process`,
      hint: "give another one with --port, or --port=0 for any free one",
    },
    "usage",
    { cause },
  );
}
