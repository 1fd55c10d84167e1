import { baseNamespace } from "./base-namespace.ts";
import { type Holder, startHolder } from "./holder.ts";
import { enterArgv } from "./nsenter.ts";
import { needTool } from "./tools.ts";

const known = new Map<string, Promise<Holder>>();

/**
 * A user namespace below the base in which our own identity carries the given numbers, shared by all sandboxes that
 * ask for them. Processes in it have no power over the mounts and the network of the sandbox, which belong to the base.
 */
export function identityNamespace(uid: number, gid: number): Promise<Holder> {
  const key = `${uid}:${gid}`;
  let identity = known.get(key);
  if (identity === undefined) {
    identity = start(uid, gid);
    known.set(key, identity);
    const forget = () => void known.delete(key);
    identity.then((holder) => holder.ended.then(forget), forget);
  }
  return identity;
}

async function start(uid: number, gid: number): Promise<Holder> {
  const base = await baseNamespace();
  const hold = [needTool("sh"), "-c", "echo ready; read -r _ || :"];
  const nested = [needTool("unshare"), "--user", `--map-user=${uid}`, `--map-group=${gid}`, ...hold];
  return startHolder(enterArgv({ user: base.namespace("user") }, nested));
}
