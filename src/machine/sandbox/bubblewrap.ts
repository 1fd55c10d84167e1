import { spawn } from "node:child_process";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { childOf } from "./child-of.ts";
import { type CopiedRoot, copyRoot } from "./copied-root.ts";
import { makeTemporaries, writeEtcFiles } from "./corner-files.ts";
import { type Shown, findInRoot } from "./root-view.ts";
import { sharedNetwork } from "./shared-network.ts";
import { supervise } from "./supervise.ts";
import { TOOL_PATH, needTool } from "./tools.ts";
import type { RunningSandbox, SandboxRequest } from "./types.ts";

// For machines that let bubblewrap make namespaces and nobody else: it may be setuid, or have a security profile.

const ISOLATION = [
  "--unshare-user",
  "--unshare-pid",
  "--unshare-ipc",
  "--unshare-uts",
  "--die-with-parent",
  "--new-session",
];

/** Starts a command under bubblewrap, in a copy of its root and in this machine's network. */
export async function startInBubblewrap(request: SandboxRequest): Promise<RunningSandbox> {
  const { uid = 0, gid = uid, hostname = "sandbox" } = request;
  const place = `${request.root.upper}.copy`;
  const corner = { outside: place, inside: place };
  const network = sharedNetwork(request, hostname);
  try {
    const copy = await copyRoot(request.root.layers, join(place, "root"));
    const showings = [
      ...makeTemporaries(corner, request.temporary ?? []),
      ...request.binds.map((bind) => ({ ...bind, writable: bind.writable ?? false })),
      ...writeEtcFiles(corner, { hostname: `${hostname}\n`, ...network.etc }),
    ];
    for (const name of ["proc", "dev", "tmp"]) await mkdir(join(copy.folder, name), { recursive: true });
    const binds = await mountPoints(copy, showings);
    await copy.remember();
    request.signal?.throwIfAborted();
    const who = ["--uid", `${uid}`, "--gid", `${gid}`, "--hostname", hostname, "--clearenv"];
    const root = ["--bind", copy.folder, "/", "--proc", "/proc", "--dev", "/dev"];
    const env = Object.entries(request.env).flatMap(([name, value]) => ["--setenv", name, value]);
    const args = [...ISOLATION, ...who, ...root, ...binds, "--chdir", request.cwd, ...env];
    return { ...run(request, args, copy, place), connect: (port) => network.connect(port) };
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw error;
  }
}

async function mountPoints(
  copy: CopiedRoot,
  showings: readonly { source: string; target: string; writable: boolean }[],
): Promise<string[]> {
  const shown = new Map<string, Shown>();
  const args: string[] = [];
  for (const { source, target, writable } of showings) {
    const { path, kind, bind } = findInRoot([copy.folder], shown, target);
    if (kind === "missing" && bind === undefined) await create(join(copy.folder, path), source);
    args.push(writable ? "--bind" : "--ro-bind", source, path);
    shown.set(path, { source, writable });
  }
  return args;
}

async function create(place: string, like: string): Promise<void> {
  const folder = (await stat(like)).isDirectory();
  await mkdir(folder ? place : dirname(place), { recursive: true });
  if (!folder) await writeFile(place, "");
}

function run(
  request: SandboxRequest,
  args: readonly string[],
  copy: CopiedRoot,
  place: string,
): Omit<RunningSandbox, "connect"> {
  const stdin = request.stdin === undefined ? "ignore" : "pipe";
  // The environment may hold secrets: it goes through a pipe, never through the argument list.
  const child = spawn(needTool("bwrap"), ["--args", "3", "--", ...request.argv], {
    env: { PATH: TOOL_PATH },
    detached: true,
    stdio: [stdin, "pipe", "pipe", "pipe"],
  });
  const wishes = child.stdio[3] as Writable;
  wishes.on("error", () => undefined);
  wishes.end(args.map((arg) => `${arg}\0`).join(""));
  const supervised = supervise(child, request, {
    // Its process 1 dies with it, and everything in the namespace dies with that.
    killTree: () => void child.kill("SIGKILL"),
    commandPid: () => {
      const first = child.pid === undefined ? undefined : childOf(child.pid);
      return first === undefined ? undefined : childOf(first);
    },
    settle: async (killed) => {
      const removed = killed ? [] : await copy.collect(request.root.upper);
      await rm(place, { recursive: true, force: true });
      return { opaque: [], removed };
    },
  });
  return { pid: child.pid ?? 0, ...supervised };
}
