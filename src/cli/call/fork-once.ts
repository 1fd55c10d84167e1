import { fork, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export interface ForkOptions {
  /** The file that the process runs; it takes one message and answers with one. */
  readonly main: string;
  readonly args?: readonly string[];
  /** Sent when it is there; the process starts meanwhile. */
  readonly request: object | Promise<object>;
  /** The whole environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  /** Kills the process; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** A line that the process printed. */
  readonly onLine?: (line: string) => void;
}

/** Asks a process of its own one question. The process is gone when the answer, or the error, is there. */
export async function forkOnce(options: ForkOptions): Promise<unknown> {
  options.signal.throwIfAborted();
  const child = fork(options.main, options.args ?? [], {
    env: options.env,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  options.signal.addEventListener("abort", kill, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on("line", (line) => options.onLine?.(line));
  }
  try {
    const answer = answerOf(child, options.signal);
    // It may end, or be ended, before there is a request; that is told below.
    answer.catch(() => undefined);
    child.send(await options.request);
    return await answer;
  } finally {
    process.off("exit", kill);
    options.signal.removeEventListener("abort", kill);
    kill();
  }
}

function answerOf(child: ChildProcess, signal: AbortSignal): Promise<unknown> {
  let answer: unknown;
  child.once("message", (message) => (answer = message));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killed) => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (answer !== undefined) resolve(answer);
      else reject(new Error(`${child.spawnfile} ended without an answer (${killed ?? `exit code ${code}`})`));
    });
  });
}
