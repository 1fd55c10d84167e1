import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { forward } from "./forward.ts";
import type { TargetPool } from "./target-pool.ts";
import { passUpgrade } from "./upgrade.ts";

export interface RunningListener {
  readonly port: number;
  close(): Promise<void>;
}

// Longer than what a client keeps an idle connection for, so that it is the client who closes it.
const KEEP_ALIVE_MS = 75_000;

/** Listens on loopback and forwards to a target group. Rejects when the port cannot be had; 0 is any free one. */
export async function startListener(
  port: number,
  pool: () => TargetPool | undefined,
): Promise<RunningListener> {
  let bound = port;
  const server = createServer((request, response) => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    void forward(request, response, pool(), bound);
  });
  server.on("upgrade", (request, client, head) => void passUpgrade(request, client, head, pool(), bound));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      server.removeListener("error", failed);
      done();
    });
  });
  bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
