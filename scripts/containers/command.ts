import { spawn } from "node:child_process";

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  /** Shows the output instead of collecting it. */
  readonly show?: boolean;
  /** Ends the command early. */
  readonly signal?: AbortSignal;
}

/** Runs a command to its end and returns what it printed. Rejects with the end of its output when it fails. */
export async function command(
  argv: readonly [string, ...string[]],
  options: CommandOptions,
): Promise<string> {
  const [file, ...rest] = argv;
  const child = spawn(file, rest, {
    env: options.env ?? process.env,
    stdio: options.show === true ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    timeout: options.timeoutMs,
    // What is shown has children of its own to take down.
    killSignal: options.show === true ? "SIGTERM" : "SIGKILL",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  let output = "";
  let errors = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
  return await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve(output);
      const end = (errors === "" ? output : errors).trimEnd().split("\n").slice(-5).join("\n");
      return reject(
        new Error(`${argv.join(" ")} ended with ${code ?? signal}${end === "" ? "" : `:\n${end}`}`),
      );
    });
  });
}
