import { type ChildProcess, spawn } from "node:child_process";
import { onExit } from "./exit-hooks.ts";

export interface ProcessRequest {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds until the whole process group is killed. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onOutput?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
  readonly uid?: number;
  readonly gid?: number;
}

export interface ProcessResult {
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut: boolean;
}

/** How long after its end a pipe that a grandchild still holds is listened to. */
const PIPE_GRACE_MS = 200;

/**
 * Runs a program to its end in a process group of its own. On a timeout or an abort the whole group is killed; what
 * is left of the group after a normal end is killed too. A grandchild that left the group and holds the pipes does
 * not delay the answer by more than a moment. Rejects with Node's own error (`code` ENOENT, EACCES) when the program
 * cannot be started, and with the signal's reason when it was aborted; any exit code is an answer, not an error.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  request.signal?.throwIfAborted();
  const [program, ...rest] = request.argv;
  const child = spawn(program, rest, {
    env: { ...request.env },
    detached: true,
    stdio: [request.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    ...(request.uid === undefined ? {} : { uid: request.uid }),
    ...(request.gid === undefined ? {} : { gid: request.gid }),
  });
  let timedOut = false;
  const stopNow = () => killGroup(child);
  const timer =
    request.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stopNow();
        }, request.timeoutMs);
  request.signal?.addEventListener("abort", stopNow, { once: true });
  const forget = onExit(stopNow);
  try {
    const stdout = collect(child, "stdout", request.onOutput);
    const stderr = collect(child, "stderr", request.onOutput);
    feed(child, request.stdin);
    const { exitCode, signal } = await ended(child);
    request.signal?.throwIfAborted();
    return { exitCode, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), timedOut };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener("abort", stopNow);
    forget();
  }
}

function collect(
  child: ChildProcess,
  name: "stdout" | "stderr",
  onOutput: ProcessRequest["onOutput"],
): Buffer[] {
  const chunks: Buffer[] = [];
  child[name]?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    onOutput?.(chunk, name);
  });
  return chunks;
}

function feed(child: ChildProcess, stdin: string | Uint8Array | undefined): void {
  // A program may end without having read everything; that is its right and no fault (EPIPE).
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin);
}

function ended(child: ChildProcess): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    child.once("error", (error) => {
      if (child.pid === undefined) reject(error);
    });
    child.once("exit", () => {
      killGroup(child);
      grace = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, PIPE_GRACE_MS);
    });
    child.once("close", (exitCode, signal) => {
      clearTimeout(grace);
      resolve({ exitCode, signal });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
