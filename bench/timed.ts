import { spawn } from "node:child_process";
import { tmpdir } from "node:os";

/** Milliseconds that a command takes from its start to its end. Throws when it fails. */
export async function timed(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const [command = "", ...rest] = argv;
  const began = performance.now();
  const child = spawn(command, rest, { cwd: tmpdir(), env, stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (told += text));
  const code = await new Promise<number | null>((done, failed) => {
    child.on("error", failed);
    child.on("close", done);
  });
  const milliseconds = performance.now() - began;
  if (code !== 0) throw new Error(`${command} ended with ${code}\n${told}`);
  return milliseconds;
}
