import type { ChildProcess } from "node:child_process";
import { onExit } from "../processes/exit-hooks.ts";
import { childOf } from "./child-of.ts";
import type { SandboxExit, SandboxRequest } from "./types.ts";

const DEFAULT_GRACE_MS = 10_000;
/** How long pipes that something still holds are listened to after everything should be gone. */
const PIPE_GRACE_MS = 1_000;

/** What differs between the strategies. */
export interface Surroundings {
  /** Kills everything inside at once. Must be callable at any time and more than once. */
  killTree(): void;
  /** After the command's end: looks at what it left, ends everything else and takes the surroundings down. */
  settle(killed: boolean): Promise<Pick<SandboxExit, "opaque" | "removed">>;
  /** The process that `SIGTERM` goes to; undefined while it has not started. */
  commandPid(): number | undefined;
}

export interface Supervised {
  readonly exited: Promise<SandboxExit>;
  stop(graceMs?: number): Promise<SandboxExit>;
}

/** Watches over a sandboxed command: feeds and reads its pipes, ends it in time, and takes everything down after it. */
export function supervise(child: ChildProcess, request: SandboxRequest, around: Surroundings): Supervised {
  let timedOut = false;
  let killed = false;
  let over = false;
  const kill = () => {
    killed = true;
    around.killTree();
  };
  const timer =
    request.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          kill();
        }, request.timeoutMs);
  request.signal?.addEventListener("abort", kill, { once: true });
  const forget = onExit(async () => {
    kill();
    await exited;
  });
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (chunk: Buffer) => request.onOutput?.(chunk, name));
  }
  // A command may end without having read everything (EPIPE); that is no fault.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(request.stdin);

  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const exited = (async (): Promise<SandboxExit> => {
    const { exitCode, signal } = await endOf(child);
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", kill);
    try {
      const left = await around.settle(killed);
      await orAfter(closed, PIPE_GRACE_MS);
      child.stdout?.destroy();
      child.stderr?.destroy();
      return { exitCode, signal, timedOut, ...left };
    } finally {
      over = true;
      forget();
    }
  })();
  // Whoever awaits `exited` gets the error; nobody has to.
  exited.catch(() => undefined);

  const stop = async (graceMs = DEFAULT_GRACE_MS): Promise<SandboxExit> => {
    const deadline = Date.now() + graceMs;
    if (graceMs > 0 && !over && !killed) await terminate(around, () => over || Date.now() > deadline);
    await orAfter(exited, deadline - Date.now());
    if (!over) kill();
    return exited;
  };
  return { exited, stop };
}

/** SIGTERM to the command, as soon as there is one. */
async function terminate(around: Surroundings, enough: () => boolean): Promise<void> {
  let pid = around.commandPid();
  while (pid === undefined && !enough()) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    pid = around.commandPid();
  }
  if (pid === undefined) return;
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The process below a helper that waits for it, such as nsenter. */
export function commandBelow(helper: ChildProcess): number | undefined {
  return helper.pid === undefined ? undefined : childOf(helper.pid);
}

function endOf(child: ChildProcess): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    // Never started: what a shell says about a program that is not there.
    child.once("error", () => {
      if (child.pid === undefined) resolve({ exitCode: 127, signal: null });
    });
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

async function orAfter(what: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, Math.max(0, ms))));
  await Promise.race([what.catch(() => undefined), late]);
  clearTimeout(timer);
}
