import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CopiedRoot, copyRoot } from "./copied-root.ts";
import { dial } from "./hub.ts";
import { inMachineWords } from "./plain-words.ts";
import { findInRoot } from "./root-view.ts";
import { supervise } from "./supervise.ts";
import { findTool, needTool } from "./tools.ts";
import type { Bind, RunningSandbox, SandboxRequest } from "./types.ts";

// No isolation, only order: a process of this machine in a private copy of its container's files. It sees this
// machine's files, processes and network. As root, and when the container brings its own programs, it runs under
// chroot and finds its files where it expects them; otherwise absolute paths of the container do not exist for it,
// except where the command line or the environment name them, and its numeric identity is ours.

/** Starts a command as a plain process. Read-only binds are not enforced; a process that leaves its group survives. */
export async function startPlain(request: SandboxRequest): Promise<RunningSandbox> {
  const place = `${request.root.upper}.copy`;
  try {
    const copy = await copyRoot(request.root.layers, join(place, "root"));
    const changed = process.getuid?.() === 0 && bringsPrograms(request, copy.folder);
    await mkdir(join(copy.folder, "tmp"), { recursive: true, mode: 0o1777 });
    for (const path of request.temporary ?? []) await emptied(join(copy.folder, path));
    for (const bind of request.binds) await bring(bind, copy.folder, changed);
    await copy.remember();
    request.signal?.throwIfAborted();
    const child = changed ? underChroot(request, copy.folder) : inFolder(request, copy.folder);
    const settled = async () => {
      if (changed) await takeBack(request.binds, copy.folder);
    };
    return run(request, child, copy, place, settled);
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw error;
  }
}

function bringsPrograms(request: SandboxRequest, folder: string): boolean {
  return findTool("chroot") !== undefined && findInRoot([folder], new Map(), "/bin/sh").kind === "file";
}

async function emptied(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** A link where links lead out of the folder, a copy where they do not. */
async function bring({ source, target }: Bind, folder: string, copied: boolean): Promise<void> {
  const place = join(folder, findInRoot([folder], new Map(), target).path);
  await rm(place, { recursive: true, force: true });
  await mkdir(dirname(place), { recursive: true });
  if (copied) await cp(source, place, { recursive: true, verbatimSymlinks: true });
  else await symlink(source, place);
}

async function takeBack(binds: readonly Bind[], folder: string): Promise<void> {
  for (const { source, target, writable } of binds) {
    if (writable !== true) continue;
    const place = join(folder, findInRoot([folder], new Map(), target).path);
    await cp(place, source, { recursive: true, force: true, verbatimSymlinks: true });
  }
}

function underChroot(request: SandboxRequest, folder: string): ChildProcess {
  const { uid = 0, gid = uid, argv, cwd } = request;
  const inside = ["/bin/sh", "-c", 'cd -- "$0" && exec "$@"', cwd, ...argv];
  return start(
    request,
    [needTool("chroot"), `--userspec=+${uid}:+${gid}`, folder, ...inside],
    "/",
    request.env,
  );
}

function inFolder(request: SandboxRequest, folder: string): ChildProcess {
  const { argv, env, cwd } = inMachineWords(request, folder);
  return start(request, argv, existsSync(cwd) ? cwd : folder, env);
}

function start(
  request: SandboxRequest,
  argv: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  // With setpriv the process dies with this one, however that ends.
  const setpriv = findTool("setpriv");
  const [program = "", ...rest] = setpriv === undefined ? argv : [setpriv, "--pdeathsig", "KILL", ...argv];
  return spawn(program, rest, {
    cwd,
    env,
    detached: true,
    stdio: [request.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
}

function run(
  request: SandboxRequest,
  child: ChildProcess,
  copy: CopiedRoot,
  place: string,
  settled: () => Promise<void>,
): RunningSandbox {
  const killGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  const supervised = supervise(child, request, {
    killTree: killGroup,
    commandPid: () => child.pid,
    settle: async (killed) => {
      killGroup();
      await settled();
      const removed = killed ? [] : await copy.collect(request.root.upper);
      await rm(place, { recursive: true, force: true });
      return { opaque: [], removed };
    },
  });
  return { pid: child.pid ?? 0, ...supervised, connect: (port) => dial("127.0.0.1", port) };
}
