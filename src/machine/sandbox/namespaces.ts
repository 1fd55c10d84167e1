import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type BaseNamespace, type Corner, INIT, baseNamespace } from "./base-namespace.ts";
import { makeTemporaries, writeEtcFiles, writePlan } from "./corner-files.ts";
import { entryInto } from "./enter.ts";
import { type Holder, startHolder } from "./holder.ts";
import { identityNamespace } from "./identity-namespace.ts";
import { machineMounts } from "./machine-mounts.ts";
import { planMounts, workName } from "./mount-plan.ts";
import { enterArgv } from "./nsenter.ts";
import { findOpaque } from "./opaque.ts";
import { removeWorkFolder } from "./remove-work-folder.ts";
import { commandBelow, supervise } from "./supervise.ts";
import { type SandboxNetwork, sandboxNetwork } from "./sandbox-network.ts";
import { sharedNetwork } from "./shared-network.ts";
import { needTool } from "./tools.ts";
import type { RunningSandbox, SandboxRequest } from "./types.ts";

/** Starts a sandbox in namespaces of its own with an overlay as its root. Needs no privilege. */
export async function startInNamespaces(
  request: SandboxRequest,
  ownNetwork: boolean,
): Promise<RunningSandbox> {
  const { uid = 0, gid = uid, hostname = "sandbox" } = request;
  const [base, identity] = await Promise.all([baseNamespace(), identityNamespace(uid, gid)]);
  const work = join(dirname(request.root.upper), workName(basename(request.root.upper)));
  const corner = await base.newCorner();
  let network: SandboxNetwork | undefined;
  let init: Holder | undefined;
  try {
    await mkdir(work, { mode: 0o700 });
    network = ownNetwork ? await sandboxNetwork(request, hostname) : sharedNetwork(request, hostname);
    await prepare(request, corner, { hostname: `${hostname}\n`, ...network.etc });
    init = await startInit(base, corner, hostname, network);
    request.signal?.throwIfAborted();
    return run(request, { base, identity, init, corner, work, network });
  } catch (error) {
    init?.kill();
    await init?.ended;
    network?.release();
    await Promise.all([corner.remove(), removeWorkFolder(work)]);
    throw error;
  }
}

async function prepare(request: SandboxRequest, corner: Corner, etc: Record<string, string>): Promise<void> {
  const showings = [
    ...(await makeTemporaries(corner, request.temporary ?? [])),
    ...request.binds.map((bind) => ({ ...bind, writable: bind.writable ?? false })),
    ...(await writeEtcFiles(corner, etc)),
  ];
  await writePlan(corner, planMounts(request.root, showings, `${corner.inside}/skeleton`, machineMounts()));
}

function startInit(
  base: BaseNamespace,
  corner: Corner,
  hostname: string,
  network: SandboxNetwork,
): Promise<Holder> {
  const unshare = [needTool("unshare"), "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];
  const place = { user: base.namespace("user"), mnt: base.namespace("mnt"), ...inNetwork(network) };
  return startHolder(enterArgv(place, [...unshare, needTool("sh"), INIT, corner.inside, hostname]));
}

function inNetwork({ namespace }: SandboxNetwork): { net?: string } {
  return namespace === undefined ? {} : { net: namespace };
}

interface Parts {
  readonly base: BaseNamespace;
  readonly identity: Holder;
  readonly init: Holder;
  readonly corner: Corner;
  readonly work: string;
  readonly network: SandboxNetwork;
}

function run(request: SandboxRequest, parts: Parts): RunningSandbox {
  const { base, identity, init, corner, work, network } = parts;
  const { argv, env, cwd, root } = request;
  const entry = entryInto(base, init, identity, inNetwork(network), { argv, env, cwd });
  const [program, ...rest] = entry.argv;
  const child = spawn(program, rest, {
    env: entry.env,
    detached: true,
    stdio: [request.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const supervised = supervise(child, request, {
    killTree: () => init.kill(),
    commandPid: () => commandBelow(child),
    settle: async (killed) => {
      const opaque = killed ? [] : await findOpaque(root.upper, root.layers, `/proc/${init.pid}/cwd`);
      init.release();
      await init.ended;
      network.release();
      await Promise.all([corner.remove(), removeWorkFolder(work)]);
      return { opaque, removed: [] };
    },
  });
  return { pid: init.pid, ...supervised, connect: (port) => network.connect(port) };
}
