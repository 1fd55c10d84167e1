// Runs calls of the CLI one after the other in one process, which is the CLI's own but for the time it takes to start.
import { run } from "../../src/cli/run.ts";

export interface Call {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Called {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function answer({ argv, env }: Call): Promise<Called> {
  const said = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((stream) => {
    const write = process[stream].write.bind(process[stream]);
    process[stream].write = (text: string | Uint8Array) => {
      said[stream] += String(text);
      return true;
    };
    return () => (process[stream].write = write);
  });
  const before = { ...process.env };
  try {
    Object.assign(process.env, env);
    process.exitCode = undefined;
    return { exit: await run(argv), ...said };
  } finally {
    process.exitCode = undefined;
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
    for (const back of restore) back();
  }
}

process.on("message", (call: Call) => {
  void answer(call).then((called) => process.send?.(called));
});
process.on("disconnect", () => process.exit());
