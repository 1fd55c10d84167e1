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
  /** Hands it a line of input and waits for its next line of output; rejects with what it complains about. */
  ask(line: string): Promise<void>;
  /** Closes its standard input, which ends it. */
  release(): void;
  /** SIGKILL; when it is the first process of a namespace, everything in there is gone when `ended` resolves. */
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
    const first = await nextLine(child);
    // What keeps this process awake is the sandboxed command, never its surroundings; see `release`.
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as Socket).unref();
    child.unref();
    const pid = Number(first.split(" ")[1] ?? child.pid);
    return {
      pid,
      namespace: (kind) => `/proc/${pid}/ns/${kind}`,
      ended,
      ask: async (line) => {
        const answer = nextLine(child);
        child.stdin.write(`${line}\n`);
        await answer;
      },
      release: () => {
        child.ref();
        child.stdin.end();
      },
      kill: () => {
        child.ref();
        // Not the child when that waits for the holding process: it must not be over before everything is gone.
        if (child.exitCode === null && child.signalCode === null) killQuietly(pid);
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function nextLine(child: ChildProcess): Promise<string> {
  const answer = Promise.withResolvers<string>();
  let said = "";
  let complained = "";
  const fail = (why: string, cause?: unknown) => {
    const detail = complained.trim().split("\n").join("; ");
    answer.reject(sandboxError(`could not be set up: ${detail === "" ? why : detail}`, "", cause));
  };
  const hear = (chunk: Buffer) => {
    said += chunk.toString();
    if (said.endsWith("\n")) answer.resolve(said.trim());
  };
  const note = (chunk: Buffer) => (complained += chunk.toString());
  const gone = (code: number | null, signal: string | null) =>
    fail(`ended with ${signal ?? `exit code ${code}`}`);
  const broken = (error: Error) => fail(error.message, error);
  // The timer also keeps this process awake until the answer is there.
  const timer = setTimeout(() => fail(`no answer within ${READY_MS / 1000} s`), READY_MS);
  child.stdout?.on("data", hear);
  child.stderr?.on("data", note);
  child.once("error", broken);
  child.once("close", gone);
  try {
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    child.stdout?.off("data", hear);
    child.stderr?.off("data", note);
    child.off("error", broken);
    child.off("close", gone);
  }
}
