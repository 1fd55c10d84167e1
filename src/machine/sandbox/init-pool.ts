import { INIT, baseNamespace } from "./base-namespace.ts";
import { type Holder, startHolder } from "./holder.ts";
import { type Network, giveBackNetwork, takeNetwork } from "./network-pool.ts";
import { enterArgv } from "./nsenter.ts";
import { needTool } from "./tools.ts";

/** Process 1 of a sandbox, in namespaces of its own, and the network it is in; undefined: this machine's. */
export interface Init {
  readonly holder: Holder;
  readonly network: Network | undefined;
}

// One is made ahead while a command runs: a third of what a sandbox costs is over before it is asked for.
const spare = new Map<boolean, Promise<Init>>();

/** An init that waits to be told what sandbox it is. */
export async function takeInit(ownNetwork: boolean): Promise<Init> {
  const ahead = spare.get(ownNetwork);
  spare.delete(ownNetwork);
  if (ahead !== undefined) {
    const init = await ahead.catch(() => undefined);
    if (init !== undefined && !gone.has(init.holder)) return init;
  }
  return create(ownNetwork);
}

/** Makes one ahead, unless there is one. A failure shows when the next sandbox is started. */
export function prepareInit(ownNetwork: boolean): void {
  if (spare.has(ownNetwork)) return;
  const ahead = create(ownNetwork);
  ahead.catch(() => undefined);
  spare.set(ownNetwork, ahead);
}

const gone = new WeakSet<Holder>();

async function create(ownNetwork: boolean): Promise<Init> {
  const base = await baseNamespace();
  const network = ownNetwork ? await takeNetwork() : undefined;
  try {
    const unshare = [needTool("unshare"), "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];
    const place = {
      user: base.namespace("user"),
      mnt: base.namespace("mnt"),
      uts: base.namespace("uts"),
      ...(network === undefined ? {} : { net: network.holder.namespace("net") }),
    };
    const holder = await startHolder(enterArgv(place, [...unshare, needTool("sh"), INIT]));
    void giveBackAfter(holder, network);
    return { holder, network };
  } catch (error) {
    network?.holder.release();
    throw error;
  }
}

async function giveBackAfter(holder: Holder, network: Network | undefined): Promise<void> {
  await holder.ended;
  gone.add(holder);
  if (network !== undefined) giveBackNetwork(network);
}
