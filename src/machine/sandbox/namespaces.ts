import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type BaseNamespace, type Corner, DEFAULT_HOSTNAME, baseNamespace } from "./base-namespace.ts";
import { makeTemporaries, writeEtcFiles, writePlan } from "./corner-files.ts";
import { entryInto } from "./enter.ts";
import type { Holder } from "./holder.ts";
import { type Init, prepareInit, takeInit } from "./init-pool.ts";
import { identityNamespace } from "./identity-namespace.ts";
import { machineMounts } from "./machine-mounts.ts";
import { ROOT_NAME, planMounts, workName } from "./mount-plan.ts";
import { findOpaque } from "./opaque.ts";
import { sandboxError } from "./sandbox-error.ts";
import { removeWorkFolder } from "./remove-work-folder.ts";
import { commandBelow, supervise } from "./supervise.ts";
import { type SandboxNetwork, sandboxNetwork } from "./sandbox-network.ts";
import { sharedNetwork } from "./shared-network.ts";
import type { RunningSandbox, SandboxRequest } from "./types.ts";

/** Starts a sandbox in namespaces of its own with an overlay as its root. Needs no privilege. */
export async function startInNamespaces(
  request: SandboxRequest,
  ownNetwork: boolean,
): Promise<RunningSandbox> {
  const { uid = 0, gid = uid, hostname = DEFAULT_HOSTNAME } = request;
  const [base, identity, init] = await Promise.all([
    baseNamespace(),
    identityNamespace(uid, gid),
    takeInit(ownNetwork),
  ]);
  const work = join(dirname(request.root.upper), workName(basename(request.root.upper)));
  const corner = base.newCorner();
  let network: SandboxNetwork | undefined;
  try {
    mkdirSync(work, { mode: 0o700 });
    network =
      init.network === undefined
        ? sharedNetwork(request, hostname)
        : await sandboxNetwork(request, hostname, init.network);
    prepare(request, corner, { hostname: `${hostname}\n`, ...network.etc });
    // The base's name is the default one; setting another costs a process.
    await init.holder.ask(hostname === DEFAULT_HOSTNAME ? corner.inside : `${corner.inside} ${hostname}`);
    requireMoved(init.holder.pid);
    request.signal?.throwIfAborted();
    return run(request, { base, identity, init, corner, work, network });
  } catch (error) {
    init.holder.kill();
    await init.holder.ended;
    network?.release();
    corner.remove();
    removeWorkFolder(work);
    throw error;
  } finally {
    prepareInit(ownNetwork);
  }
}

function prepare(request: SandboxRequest, corner: Corner, etc: Record<string, string>): void {
  const showings = [
    ...makeTemporaries(corner, request.temporary ?? []),
    ...request.binds.map((bind) => ({ ...bind, writable: bind.writable ?? false })),
    ...writeEtcFiles(corner, etc),
  ];
  writePlan(corner, planMounts(request.root, showings, `${corner.inside}/skeleton`, machineMounts()));
}

/** A command started before its root is in place would see this machine's files. */
function requireMoved(pid: number): void {
  const atRoot = machineMounts(`/proc/${pid}/mountinfo`).filter(({ at }) => at === "/");
  if (atRoot.at(-1)?.source !== ROOT_NAME) throw sandboxError("the new root could not be moved to /");
}

interface Parts {
  readonly base: BaseNamespace;
  readonly identity: Holder;
  readonly init: Init;
  readonly corner: Corner;
  readonly work: string;
  readonly network: SandboxNetwork;
}

function run(request: SandboxRequest, parts: Parts): RunningSandbox {
  const { base, identity, init, corner, work, network } = parts;
  const { argv, env, cwd, root } = request;
  const entry = entryInto(base, init, identity, { argv, env, cwd });
  const [program, ...rest] = entry.argv;
  const child = spawn(program, rest, {
    env: entry.env,
    detached: true,
    stdio: [request.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const supervised = supervise(child, request, {
    killTree: () => init.holder.kill(),
    commandPid: () => commandBelow(child),
    settle: async (killed) => {
      const opaque = killed ? [] : await findOpaque(root.upper, root.layers, `/proc/${init.holder.pid}/cwd`);
      init.holder.kill();
      await init.holder.ended;
      network.release();
      corner.remove();
      removeWorkFolder(work);
      return { opaque, removed: [] };
    },
  });
  return { pid: init.holder.pid, ...supervised, connect: (port) => network.connect(port) };
}
