import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";

export const CLI = resolve(import.meta.dirname, "../../bin/slipway.mjs");

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What was told on stderr so far. */
  readonly story: () => string;
  readonly ended: Promise<Ran>;
}

/** Starts the CLI as a user would, from another folder, with this environment and no other. */
export function startSlipway(argv: readonly string[], env: NodeJS.ProcessEnv, cwd = "/"): Running {
  const child = spawn(process.execPath, [CLI, ...argv], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ran>((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
  return { child, story: () => stderr, ended };
}

/** Runs the CLI to its end. */
export function slipway(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  cwd = "/",
): Promise<Ran> {
  return startSlipway(argv, env, cwd).ended;
}
