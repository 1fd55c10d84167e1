import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AwsFaultProxy } from "../proxies/aws-fault-proxy.ts";
import { orderVariable, type Order, type TracedCall } from "../process/order.ts";
import type { Run } from "./run.ts";

const DEPLOYER = fileURLToPath(new URL("../process/deployer.ts", import.meta.url));
/** Longer than any run may take; who is still there then has a wait without an end. */
const DEADLINE_MS = 120_000;

export interface RunWish {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly order: Order;
  readonly proxy: AwsFaultProxy;
}

/** A run that is under way. */
export interface RunningRun {
  readonly pid: number;
  readonly ended: Promise<Run>;
  kill(signal: NodeJS.Signals): void;
}

const alive = new Set<ChildProcess>();

/** Kills every run that is still there; for the harness's own end. */
export function killRuns(): void {
  for (const child of alive) child.kill("SIGKILL");
}

/** Starts the CLI in a process of its own. */
export function startRun(wish: RunWish): RunningRun {
  const startedAt = Date.now();
  const child = spawn(process.execPath, [DEPLOYER, ...wish.argv], {
    env: {
      ...wish.env,
      ...orderVariable(wish.order),
      AWS_ENDPOINT_URL: wish.proxy.endpoint,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  alive.add(child);
  const { pid } = child;
  if (pid === undefined) throw new Error("the deployer did not start");
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  let overran = false;
  const deadline = setTimeout(() => {
    overran = true;
    child.kill("SIGKILL");
  }, DEADLINE_MS);

  const ended = new Promise<Run>((done) => {
    child.once("close", (exitCode, signal) => {
      clearTimeout(deadline);
      alive.delete(child);
      done({
        argv: wish.argv,
        pid,
        startedAt,
        endedAt: Date.now(),
        exitCode,
        signal,
        stdout: out(),
        stderr: err(),
        calls: [...wish.proxy.calls],
        trace: readTrace(wish.order.trace),
        overran,
      });
    });
  });
  return { pid, ended, kill: (signal) => child.kill(signal) };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function readTrace(path: string): TracedCall[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as TracedCall);
}
