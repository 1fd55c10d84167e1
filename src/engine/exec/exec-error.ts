const LONGEST_OUTPUT = 100 * 1024;

/** An exec ended otherwise than expected. What it holds is scrubbed. */
export class ExecError extends Error {
  override readonly name = "ExecError";
  readonly argv: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(exec: { argv: readonly string[]; exitCode: number; stdout: string; stderr: string }) {
    const command = JSON.stringify(exec.argv.join(" "));
    super(`process ${command} did not complete successfully: exit code: ${exec.exitCode}`);
    this.argv = exec.argv;
    this.exitCode = exec.exitCode;
    this.stdout = exec.stdout;
    this.stderr = exec.stderr;
  }

  /** The extensions of the error as Dagger's SDKs read them; long output is cut at the front. */
  extensions(): Record<string, unknown> {
    return {
      _type: "EXEC_ERROR",
      cmd: this.argv,
      exitCode: this.exitCode,
      stdout: cutAtFront(this.stdout),
      stderr: cutAtFront(this.stderr),
    };
  }
}

function cutAtFront(text: string): string {
  const bytes = Buffer.from(text.trim());
  if (bytes.length <= LONGEST_OUTPUT) return bytes.toString();

  const mark = `[omitting ${bytes.length - LONGEST_OUTPUT} bytes]...`;
  return mark + bytes.subarray(bytes.length - LONGEST_OUTPUT + mark.length).toString();
}
