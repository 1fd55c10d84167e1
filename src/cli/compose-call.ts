import { EXIT_CODES } from "../core/errors.ts";
import { runExitHooks } from "../machine/processes/exit-hooks.ts";
import type { CallSurroundings } from "./call/call-surroundings.ts";

/** What `call` needs, of this very process. */
export function composeCall(process: NodeJS.Process): CallSurroundings {
  const stopped = new AbortController();
  const stop = () => {
    if (stopped.signal.aborted) process.exit(EXIT_CODES.interrupted.code);
    stopped.abort(new Error("interrupted"));
  };
  // These stay: while someone listens here, the exit hooks leave it to us when the process ends.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    now: () => performance.now(),
    interrupted: stopped.signal,
    cleanUp: runExitHooks,
    async startEngine(onLog) {
      const { startEngine } = await import("../engine/start.ts");
      return await startEngine({ onLog, env: process.env, cwd: process.cwd() });
    },
  };
}
