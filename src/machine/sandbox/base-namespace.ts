import { HUB_SETUP } from "./addresses.ts";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { FilesPlace } from "./corner-files.ts";
import { type Holder, startHolder } from "./holder.ts";
import { INIT_SCRIPT } from "./init-script.ts";
import { needTool } from "./tools.ts";
import { WORKSHOP } from "./workshop.ts";

// One user namespace per process, in which we are root over nothing but ourselves. Every sandbox is made inside it.
// Its mount namespace has a small tmpfs in place of /sys, which no set-up step needs: that is the workshop where
// roots are put together. It vanishes with the namespace, so that nothing is left even when we die by SIGKILL.

/** The program that process 1 of every sandbox runs, as the base mount namespace sees it. */
export const INIT = `${WORKSHOP}/init`;
/** What a sandbox is called that has no name of its own. */
export const DEFAULT_HOSTNAME = "sandbox";
/** Layers a root may have: each has a mount point of its own in the workshop, so that paths stay short. */
export const LAYER_LIMIT = 128;

export interface BaseNamespace extends Holder {
  /** A folder of the workshop for one sandbox: its path inside and the same seen from here. */
  newCorner(): Corner;
}

export interface Corner extends FilesPlace {
  remove(): void;
}

const SCRIPT = `
set -e
mount -n -t tmpfs -o mode=755 slipway ${WORKSHOP}
cd ${WORKSHOP}
mkdir root upper corners dev layers "$@"
mount -n -t tmpfs -o mode=755 slipway dev
mkdir dev/shm dev/pts
for node in null zero full random urandom tty; do
  [ -e /dev/$node ] || continue
  : > dev/$node
  mount -n --bind /dev/$node dev/$node
done
for link in fd stdin stdout stderr; do
  if [ -h /dev/$link ]; then cp -P /dev/$link dev/$link; fi
done
ln -s pts/ptmx dev/ptmx
mount -n -o remount,bind,ro dev
hostname ${DEFAULT_HOSTNAME} || :
if command -v ip >/dev/null; then echo '${HUB_SETUP}' | ip -batch - || :; fi
echo ready
read -r _ || :
`;

let current: Promise<BaseNamespace> | undefined;

/** The base of this process; started on first use. */
export function baseNamespace(): Promise<BaseNamespace> {
  current ??= start();
  return current;
}

async function start(): Promise<BaseNamespace> {
  const layers = Array.from({ length: LAYER_LIMIT }, (_, n) => `layers/${n}`);
  try {
    const unshare = [needTool("unshare"), "--user", "--map-root-user", "--mount", "--net", "--uts"] as const;
    const holder = await startHolder([...unshare, needTool("sh"), "-c", SCRIPT, "slipway-base", ...layers]);
    void holder.ended.then(forget);
    writeFileSync(`/proc/${holder.pid}/root${INIT}`, INIT_SCRIPT);
    let corners = 0;
    return { ...holder, newCorner: () => makeCorner(holder.pid, ++corners) };
  } catch (error) {
    forget();
    throw error;
  }
}

function forget(): void {
  current = undefined;
}

function makeCorner(pid: number, number: number): Corner {
  const inside = `${WORKSHOP}/corners/${number}`;
  const outside = `/proc/${pid}/root${inside}`;
  mkdirSync(outside);
  return { inside, outside, remove: () => rmSync(outside, { recursive: true, force: true }) };
}
