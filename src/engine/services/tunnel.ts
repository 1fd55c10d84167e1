import { createServer, connect as connectTcp, type AddressInfo, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { RecipeProblem } from "../graph/recipe-problem.ts";
import type { ServiceState } from "../state/service.ts";
import type { StartedService } from "./started-service.ts";

type Tunnel = Extract<ServiceState, { kind: "tunnel" }>;

/** Opens a service's ports on this machine's loopback address. Throws a RecipeProblem when a port is taken. */
export async function startTunnel(state: Tunnel, target: StartedService): Promise<StartedService> {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map(async (server) => await new Promise((done) => server.close(done))));
  };
  try {
    const ports: number[] = [];
    for (const { frontend, backend } of state.forwards) {
      const server = createServer((socket) => void relay(socket, target, backend, sockets));
      await listen(server, frontend);
      servers.push(server);
      ports.push((server.address() as AddressInfo).port);
    }
    let running = true;
    return {
      ports,
      address: (port) => ({ host: "127.0.0.1", port }),
      target: (port) => ({ kind: "address", host: "127.0.0.1", port }),
      isRunning: () => running,
      stop: async () => {
        running = false;
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function relay(
  socket: Socket,
  target: StartedService,
  port: number,
  sockets: Set<Socket>,
): Promise<void> {
  const track = (one: Socket) => {
    sockets.add(one);
    one.on("error", () => {});
    one.on("close", () => sockets.delete(one));
  };
  track(socket);
  try {
    const there =
      target.connect === undefined ? connectTcp(addressOf(target, port)) : await target.connect(port);
    track(there);
    await Promise.all([pipeline(socket, there), pipeline(there, socket)]);
  } catch {
    // Either side went away; the other one sees the end of its connection.
    socket.destroy();
  }
}

function addressOf(target: StartedService, port: number): { host: string; port: number } {
  return target.address(port) ?? { host: "127.0.0.1", port };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      fail(error.code === "EADDRINUSE" ? new RecipeProblem(`port ${port} of this machine is taken`) : error),
    );
    server.listen(port, "127.0.0.1", () => done());
  });
}
