import { readFileSync } from "node:fs";
import { HUB_ADDRESS, takeAddress } from "./addresses.ts";
import { baseNamespace } from "./base-namespace.ts";
import { type Holder, startHolder } from "./holder.ts";
import { enterArgv } from "./nsenter.ts";
import { needTool } from "./tools.ts";

/** A network namespace with one device that leads to the hub. */
export interface Network {
  readonly address: string;
  readonly holder: Holder;
}

/** Unused ones kept for the next sandbox. The kernel needs tens of milliseconds to take one down, more when busy. */
const SPARE = 8;

const SCRIPT = `
set -e
printf '%s\\n' "link add v$2 up type veth peer name eth0 netns $$" "route add $3/32 dev v$2 table local" |
  nsenter --net="$1" ip -batch -
printf '%s\\n' "link set lo up" "addr add $3/32 dev eth0" "link set eth0 up" \\
  "route add default via ${HUB_ADDRESS} dev eth0 onlink" | ip -batch -
# What runs in a sandbox has no power over its network; like in any container it may still serve port 80.
echo 0 2>/dev/null >/proc/sys/net/ipv4/ip_unprivileged_port_start || :
echo ready
read -r _ || :
`;

const spare: Network[] = [];

/** A network that nobody uses. */
export async function takeNetwork(): Promise<Network> {
  return spare.pop() ?? (await create());
}

/** Keeps a network for the next sandbox if nothing of the last one is left in it; it must have ended. */
export function giveBackNetwork(network: Network): void {
  if (spare.length < SPARE && isUnused(network)) spare.push(network);
  else network.holder.release();
}

async function create(): Promise<Network> {
  const base = await baseNamespace();
  const taken = takeAddress();
  const { number, address } = taken;
  try {
    const unshare = [needTool("unshare"), "--net", needTool("sh"), "-c", SCRIPT, "slipway-network"];
    const place = { user: base.namespace("user"), mnt: base.namespace("mnt") };
    const holder = await startHolder(
      enterArgv(place, [...unshare, base.namespace("net"), `${number}`, address]),
    );
    const network = { address, holder };
    void forgetAfter(network, () => taken.release());
    return network;
  } catch (error) {
    taken.release();
    throw error;
  }
}

async function forgetAfter(network: Network, release: () => void): Promise<void> {
  await network.holder.ended;
  release();
  if (spare.includes(network)) spare.splice(spare.indexOf(network), 1);
}

// A process inside cannot change its network. What can outlive it are closing connections, which would keep a port.
function isUnused({ holder }: Network): boolean {
  const counts = ["sockstat", "sockstat6"].map((name) => read(`/proc/${holder.pid}/net/${name}`)).join("\n");
  // Not net/tcp, the list itself: to make it the kernel walks the connections of the whole machine.
  return /^TCP: inuse 0 .*\btw 0\b/m.test(counts) && !/^TCP6: inuse [1-9]/m.test(counts);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The holder is gone, or the machine has no IPv6.
    return "";
  }
}
