// `npm run check`: format, lint, types and the unit tests with the import rules, two at a time, the longest first. Each
// tells what it has to say when it ends, and one that fails does not hide the others.

import { spawn } from "node:child_process";
import pMap from "p-map";

const STEPS = ["test:unit", "types", "lint", "format:check"] as const;
const TOGETHER = 2;

const failed: string[] = [];
await pMap(STEPS, run, { concurrency: TOGETHER });
if (failed.length > 0) console.error(`check: failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function run(step: string): Promise<void> {
  const began = performance.now();
  // npm's own entry file, so that no shell and no PATH is needed.
  const npm = process.env["npm_execpath"];
  const argv: readonly [string, ...string[]] = npm === undefined ? ["npm"] : [process.execPath, npm];
  const [file, ...rest] = [...argv, "run", "--silent", step];
  const child = spawn(file, rest, { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (told += text));
  const code = await new Promise<number | null>((done, fail) => {
    child.once("error", fail);
    child.once("close", done);
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (code !== 0) failed.push(step);
  console.log(`check: ${step} ${code === 0 ? "passed" : "failed"} in ${seconds} s`);
  if (told.trim() !== "") console.log(told.trimEnd());
}
