import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

// What the hub has to know about the machine's own network.

/** Ports that are always carried to the outside: ssh, http, https, git. */
const USUAL_PORTS = [22, 80, 443, 9418];
const SETTING = /^(https?_proxy|all_proxy|npm_config_(registry|proxy|https_proxy))$/i;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Hosts and ports that the proxy and package-registry settings of this process name. */
export function settingsEndpoints(env: NodeJS.ProcessEnv = process.env): Endpoint[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!SETTING.test(name) || value === undefined || !URL.canParse(value)) return [];
    const url = new URL(value);
    const port = url.port === "" ? DEFAULT_PORTS[url.protocol] : Number(url.port);
    return port === undefined ? [] : [{ host: url.hostname.replace(/^\[|\]$/g, ""), port }];
  });
}

/** TCP ports carried to the outside. */
export function outboundPorts(env: NodeJS.ProcessEnv = process.env): number[] {
  return [...new Set([...USUAL_PORTS, ...settingsEndpoints(env).map(({ port }) => port)])];
}

/** `address:port` of what the settings name, resolved: reachable even where the address is this machine's own. */
export function settingsAddresses(env: NodeJS.ProcessEnv = process.env): Promise<Set<string>> {
  return resolvePlaces(settingsEndpoints(env));
}

/** `address:port` of each endpoint. */
export async function resolvePlaces(endpoints: readonly Endpoint[]): Promise<Set<string>> {
  const places = await Promise.all(
    endpoints.map(async ({ host, port }) => {
      // A name that cannot be resolved now cannot be reached either; whoever tries is told so.
      const answers = await lookup(host, { all: true, family: 4 }).catch(() => []);
      return answers.map(({ address }) => `${address}:${port}`);
    }),
  );
  return new Set(places.flat());
}

/**
 * Whether an IPv4 address is neither this machine's own nor link-local, where clouds hand out the credentials of the
 * machine.
 */
export function isOutside(address: string): boolean {
  const [first = 0, second = 0] = address.split(".").map(Number);
  if (first === 0 || first === 127 || first >= 224 || (first === 169 && second === 254)) return false;
  return !Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === address));
}

/** This machine's name server, for the relay; undefined when none is configured. */
export function nameServer(resolvConf: string = read("/etc/resolv.conf")): string | undefined {
  const servers = [...resolvConf.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? "");
  return servers.find((server) => isIP(server.replace(/%.*$/, "")) !== 0);
}

/** resolv.conf with another name server, everything else (search domains, options) kept. */
export function resolvConfWith(server: string, resolvConf: string = read("/etc/resolv.conf")): string {
  const rest = resolvConf.split("\n").filter((line) => /^\s*(search|domain|options)\b/.test(line));
  return [`nameserver ${server}`, ...rest, ""].join("\n");
}

/** Lines of this machine's /etc/hosts that name other machines: names that no name server knows. */
export function hostsOfOthers(hosts: string = read("/etc/hosts")): string[] {
  return hosts
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => isIP(line.split(/\s/)[0] ?? "") === 4 && !/^(127\.|0\.)/.test(line));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // No such file: nothing configured.
    return "";
  }
}
