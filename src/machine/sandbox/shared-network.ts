import { readFileSync } from "node:fs";
import { dial } from "./hub.ts";
import { hostsOfOthers } from "./machine-network.ts";
import { sandboxError } from "./sandbox-error.ts";
import type { SandboxNetwork } from "./sandbox-network.ts";
import type { SandboxRequest } from "./types.ts";

/**
 * This machine's network, where a sandbox cannot have its own: ports are shared, nothing is hidden, and an alias can
 * only stand for an address with the same port.
 */
export function sharedNetwork(request: SandboxRequest, hostname: string): SandboxNetwork {
  const aliases = (request.reaches ?? []).map(({ alias, port, to }) => {
    if (to.port !== port) {
      throw sandboxError(
        `${alias}:${port} cannot lead to port ${to.port} on a machine without network namespaces`,
        "use the same port, or install iproute2 and allow user namespaces",
      );
    }
    return `${to.kind === "sandbox" ? "127.0.0.1" : to.host} ${alias}`;
  });
  const hosts = [
    "127.0.0.1 localhost",
    "::1 localhost",
    `127.0.0.1 ${hostname}`,
    ...aliases,
    ...hostsOfOthers(),
  ];
  return {
    etc: { hosts: `${hosts.join("\n")}\n`, "resolv.conf": readFileSync("/etc/resolv.conf", "utf8") },
    connect: (port) => dial("127.0.0.1", port),
    release: () => undefined,
  };
}
