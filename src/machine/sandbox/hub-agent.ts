// The program that runs in the hub's network namespace. It makes sockets there and hands them to its parent, which
// lives in the machine's own network; no byte passes through here. It ends when its parent does.

import type { ConnectRequest, HubAnswer, HubRequest, ListenRequest, UdpRequest } from "./hub-protocol.ts";
import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { type Server, type Socket, connect, createServer } from "node:net";

process.on("disconnect", () => process.exit(0));
process.on("message", (request: HubRequest) => {
  if (request.do === "connect") connectInside(request);
  else if (request.do === "listen") listenForAll(request);
  else bindUdp(request);
});
// Sandboxes must not reach each other through the hub, whatever this machine forwards itself.
forbidForwarding();
answer({ id: 0, error: "" });

function connectInside({ id, host, port }: ConnectRequest): void {
  const socket = connect({ host, port });
  // Reads nothing before it is handed over.
  socket.pause();
  socket.once("connect", () => answer({ id, error: "" }, socket));
  socket.once("error", (error: NodeJS.ErrnoException) => answer({ id, error: error.code ?? error.message }));
}

function listenForAll({ id, port }: ListenRequest): void {
  const server = createServer();
  server.once("error", (error: NodeJS.ErrnoException) => answer({ id, error: error.code ?? error.message }));
  server.listen(port, "0.0.0.0", () => answer({ id, error: "" }, server));
}

function bindUdp({ id, host, port }: UdpRequest): void {
  const socket = createSocket("udp4");
  socket.once("error", (error: NodeJS.ErrnoException) => answer({ id, error: error.code ?? error.message }));
  socket.bind(port, host, () => answer({ id, error: "" }, socket));
}

function answer(message: HubAnswer, handle?: Server | Socket | ReturnType<typeof createSocket>): void {
  process.send?.(message, handle as Socket | undefined, {}, () => {
    // The parent has its own copy by now.
    if (handle !== undefined && "close" in handle) handle.close();
  });
}

function forbidForwarding(): void {
  try {
    writeFileSync("/proc/sys/net/ipv4/ip_forward", "0");
  } catch {
    // Where /proc/sys is read-only the kernel's default holds, which is 0 unless the machine itself forwards.
  }
}
