import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

/** The service as a process of its own, as it runs in its container. */
export interface RunningApi {
  readonly url: string;
  readonly process: ChildProcess;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const MAIN = fileURLToPath(new URL("../../../src/api/main.ts", import.meta.url));

/** Starts the service on a free port and waits until it listens; it is killed after the tests of the file. */
export async function runningApi(env: Record<string, string>): Promise<RunningApi> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  after(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit") as Promise<[number | null]>;
  return {
    url: `http://127.0.0.1:${await portOf(child)}`,
    process: child,
    stop: async () => {
      child.kill("SIGTERM");
      return (await exited)[0];
    },
  };
}

async function portOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the service has no output to read");
  for await (const line of createInterface({ input: child.stdout })) {
    const port = / port (\d+)$/.exec(line)?.[1];
    // The stream is read on, lest the service wait for a full pipe.
    if (port !== undefined) {
      child.stdout.resume();
      return port;
    }
  }
  throw new Error("the service ended before it listened");
}
