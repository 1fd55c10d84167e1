import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ChildAnswer, ChildRequest } from "./child/protocol.ts";

const MAIN = join(import.meta.dirname, "child/main.ts");

export interface ChildOptions {
  readonly request: ChildRequest;
  /** Where Node keeps what it compiled. */
  readonly compileCache: string;
  readonly env: NodeJS.ProcessEnv;
  /** Kills the child; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** A line that the module printed. */
  readonly onLine: (line: string) => void;
}

/** Runs the module in a process of its own and answers what it answered. The process is gone when this returns. */
export async function runChild(options: ChildOptions): Promise<ChildAnswer> {
  options.signal.throwIfAborted();
  const child = fork(MAIN, {
    // A module sees nothing of its caller's environment, as in a Dagger engine.
    env: { PATH: options.env["PATH"], NODE_COMPILE_CACHE: options.compileCache },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  options.signal.addEventListener("abort", kill, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", options.onLine);
  }
  try {
    child.send(options.request);
    return await answerOf(child, options.signal);
  } finally {
    process.off("exit", kill);
    options.signal.removeEventListener("abort", kill);
    kill();
  }
}

function answerOf(child: ChildProcess, signal: AbortSignal): Promise<ChildAnswer> {
  let answer: ChildAnswer | undefined;
  child.once("message", (message) => (answer = message as ChildAnswer));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killed) => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (answer !== undefined) resolve(answer);
      else
        reject(new Error(`the module's process ended without an answer (${killed ?? `exit code ${code}`})`));
    });
  });
}
