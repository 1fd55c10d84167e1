import type { Socket } from "node:net";
import { HUB_ADDRESS, aliasAddress } from "./addresses.ts";
import { dial, hub } from "./hub.ts";
import { hostsOfOthers, resolvConfWith, resolvePlaces } from "./machine-network.ts";
import type { Network } from "./network-pool.ts";
import type { Reach, SandboxRequest } from "./types.ts";

/** The network of one sandbox, behind the hub. */
export interface SandboxNetwork {
  /** Texts for its /etc. */
  readonly etc: Readonly<Record<"hosts" | "resolv.conf", string>>;
  connect(port: number): Promise<Socket>;
  /** Ends its connections. */
  release(): void;
}

/** Opens a network for a sandbox: its routes, and the names it finds them under. */
export async function sandboxNetwork(
  request: SandboxRequest,
  hostname: string,
  { address }: Network,
): Promise<SandboxNetwork> {
  const aliases = new Map<string, string>();
  const routes = new Map<string, () => Promise<Socket>>();
  for (const reach of request.reaches ?? []) {
    const place = aliases.get(reach.alias) ?? aliasAddress(aliases.size + 1);
    aliases.set(reach.alias, place);
    routes.set(`${place}:${reach.port}`, () => follow(reach));
  }
  const [ourHub, outbound] = await Promise.all([hub(), resolvePlaces(request.outbound ?? [])]);
  const release = await ourHub.admit(address, routes, outbound);
  const hosts = [
    "127.0.0.1 localhost",
    "::1 localhost",
    `${address} ${hostname}`,
    ...[...aliases].map(([alias, place]) => `${place} ${alias}`),
    ...hostsOfOthers(),
  ];
  return {
    etc: { hosts: `${hosts.join("\n")}\n`, "resolv.conf": resolvConfWith(HUB_ADDRESS) },
    connect: (port) => ourHub.connect(address, port),
    release,
  };
}

function follow({ to }: Reach): Promise<Socket> {
  return to.kind === "sandbox" ? to.sandbox.connect(to.port) : dial(to.host, to.port);
}
