import { spawn } from "node:child_process";
import { resolve } from "node:path";

const CLI = resolve(import.meta.dirname, "../../bin/slipway.mjs");

export interface SlipwayRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly seconds: number;
}

export interface SlipwayCall {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Ends the command as Ctrl-C would, and kills it if it does not end by itself. */
  readonly signal: AbortSignal;
}

const DEADLINE_MS = 10 * 60_000;
const GRACE_MS = 20_000;

/** Runs the `slipway` of this repository as a user would: its story goes to our stderr, its answer is returned. */
export function slipway(call: SlipwayCall): Promise<SlipwayRun> {
  const began = performance.now();
  const child = spawn(process.execPath, [CLI, ...call.argv], {
    cwd: call.cwd,
    env: call.env,
    stdio: ["ignore", "pipe", "inherit"],
    // Its own process group: a Ctrl-C on the terminal reaches it once, from us, and not twice.
    detached: true,
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));

  const end = () => {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
  };
  const deadline = setTimeout(end, DEADLINE_MS);
  call.signal.addEventListener("abort", end, { once: true });

  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => {
      clearTimeout(deadline);
      call.signal.removeEventListener("abort", end);
      const exitCode = code ?? (signal === "SIGKILL" ? 137 : 130);
      done({ exitCode, stdout, seconds: (performance.now() - began) / 1000 });
    });
  });
}
