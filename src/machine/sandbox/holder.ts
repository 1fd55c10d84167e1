import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { sandboxError } from "./sandbox-error.ts";
import { TOOL_PATH } from "./tools.ts";

export type NamespaceKind = "user" | "mnt" | "net" | "pid" | "ipc" | "uts";

/** A process of ours whose only purpose is to keep namespaces alive. It ends with this process, however that ends. */
export interface Holder {
  readonly pid: number;
  /** Path of one of its namespaces. */
  namespace(kind: NamespaceKind): string;
  readonly ended: Promise<void>;
  /** Closes its standard input, which ends it. */
  release(): void;
  /** SIGKILL. */
  kill(): void;
}

/** How long setting up namespaces and mounts may take; it takes milliseconds on an idle machine. */
const READY_MS = 20_000;

/**
 * Starts a program that says `ready` (or `ready PID`, when the holding process is a child) on its output and then
 * reads its input until that ends: our end of that pipe is closed by the kernel even when we die by SIGKILL.
 */
export async function startHolder(argv: readonly [string, ...string[]]): Promise<Holder> {
  const [program, ...rest] = argv;
  const child = spawn(program, rest, {
    env: { PATH: TOOL_PATH, LC_ALL: "C", LIBMOUNT_FORCE_MOUNT2: "always" },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    const pid = await readyPid(child);
    // What keeps this process awake is the sandboxed command, never its surroundings; see `release`.
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref();
    child.unref();
    return {
      pid,
      namespace: (kind) => `/proc/${pid}/ns/${kind}`,
      ended,
      release: () => {
        child.ref();
        child.stdin.end();
      },
      kill: () => {
        child.ref();
        child.kill("SIGKILL");
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function readyPid(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    let complained = "";
    const timer = setTimeout(() => fail(`no answer within ${READY_MS / 1000} s`), READY_MS);
    const fail = (why: string, cause?: unknown) => {
      clearTimeout(timer);
      const detail = complained.trim().split("\n").join("; ");
      reject(sandboxError(`could not be set up: ${detail === "" ? why : detail}`, "", cause));
    };
    child.stderr?.on("data", (chunk: Buffer) => (complained += chunk.toString()));
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const ready = /^ready(?: (\d+))?$/m.exec(said);
      if (ready === null || !said.endsWith("\n")) return;
      clearTimeout(timer);
      resolve(ready[1] === undefined ? (child.pid ?? 0) : Number(ready[1]));
    });
    child.once("error", (error) => fail(error.message, error));
    child.once("close", (code, signal) => fail(`ended with ${signal ?? `exit code ${code}`}`));
  });
}
