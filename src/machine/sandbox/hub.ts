import { type Server, type Socket, connect } from "node:net";
import { HUB_ADDRESS, isOurs } from "./addresses.ts";
import { baseNamespace } from "./base-namespace.ts";
import { type HubSockets, startHubSockets } from "./hub-sockets.ts";
import { isOutside, nameServer, outboundPorts, settingsAddresses } from "./machine-network.ts";
import { relayNames } from "./name-relay.ts";
import { relay } from "./relay.ts";

/** Where a connection that a sandbox made to `address:port` goes. */
export type Routes = ReadonlyMap<string, () => Promise<Socket>>;

export interface Hub {
  /**
   * Admits a sandbox: `routes` are destinations only it may use, `outbound` further ones of the outside (`address:port`).
   * Returns the function that ends its connections.
   */
  admit(address: string, routes: Routes, outbound: ReadonlySet<string>): Promise<() => void>;
  /** A connection to a port of a sandbox. */
  connect(address: string, port: number): Promise<Socket>;
}

let current: Promise<Hub> | undefined;

/** The hub of this process; started on first use. */
export function hub(): Promise<Hub> {
  current ??= start();
  return current;
}

interface Guest {
  readonly routes: Routes;
  /** `address:port` of what it may reach although it is this machine's own. */
  readonly outbound: ReadonlySet<string>;
  readonly sockets: Set<Socket>;
}

async function start(): Promise<Hub> {
  try {
    const sockets = await startHubSockets(await baseNamespace());
    void sockets.ended.then(() => (current = undefined));
    return await open(sockets);
  } catch (error) {
    current = undefined;
    throw error;
  }
}

async function open(sockets: HubSockets): Promise<Hub> {
  const guests = new Map<string, Guest>();
  const servers = new Map<number, Promise<Server>>();
  const listen = (port: number): Promise<Server> => {
    let server = servers.get(port);
    if (server === undefined) {
      server = sockets.listen(port).then((server) => receive(server, guests));
      servers.set(port, server);
    }
    return server;
  };
  const named = await settingsAddresses();
  const resolver = nameServer();
  if (resolver !== undefined) relayNames(await sockets.udp(HUB_ADDRESS, 53), resolver);
  await Promise.all([...outboundPorts(), 53].map(listen));
  return {
    admit: async (address, routes, outbound) => {
      const guest: Guest = { routes, outbound: new Set([...outbound, ...named]), sockets: new Set() };
      await Promise.all([...routes.keys(), ...outbound].map((place) => listen(Number(place.split(":")[1]))));
      guests.set(address, guest);
      return () => {
        if (guests.get(address) === guest) guests.delete(address);
        for (const socket of guest.sockets) socket.destroy();
      };
    },
    connect: async (address, port) => {
      const socket = await sockets.connect(address, port);
      const guest = guests.get(address);
      if (guest === undefined) socket.destroy();
      else keep(guest, socket);
      return socket;
    },
  };
}

function receive(server: Server, guests: ReadonlyMap<string, Guest>): Server {
  // Fields of net.Server that a server which comes from another process has no other way to set.
  Object.assign(server, { allowHalfOpen: true, pauseOnConnect: true });
  server.on("connection", (inside: Socket) => {
    const guest = guests.get(inside.remoteAddress ?? "");
    if (guest === undefined) inside.resetAndDestroy();
    else void carry(inside, guest);
  });
  server.unref();
  return server;
}

async function carry(inside: Socket, guest: Guest): Promise<void> {
  keep(guest, inside);
  try {
    const outside = await destination(inside, guest);
    keep(guest, outside);
    if (inside.destroyed) outside.destroy();
    else relay(inside, outside);
  } catch {
    // The one inside learns it as a reset: its connection to the hub had been made already.
    inside.resetAndDestroy();
  }
}

function destination(inside: Socket, guest: Guest): Promise<Socket> {
  const { localAddress = "", localPort = 0 } = inside;
  const place = `${localAddress}:${localPort}`;
  const route = guest.routes.get(place);
  if (route !== undefined) return route();
  const resolver = nameServer();
  if (place === `${HUB_ADDRESS}:53` && resolver !== undefined) return dial(resolver, 53);
  const outside = !isOurs(localAddress) && isOutside(localAddress);
  if (outside || guest.outbound.has(place)) return dial(localAddress, localPort);
  return Promise.reject(new Error(`${place} is not for sandboxes`));
}

/** A connection from this machine. Rejects with Node's own error. */
export function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

function keep(guest: Guest, socket: Socket): void {
  guest.sockets.add(socket);
  socket.once("close", () => guest.sockets.delete(socket));
  // Faults of one connection end it and nothing else.
  socket.on("error", () => undefined);
}
