import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { treesMarkedBy, type TreeProcess } from "../process-tree.ts";
import { absoluteRow, type Row } from "../row.ts";

const QUICKSTART = resolve(import.meta.dirname, "../../scripts/quickstart/main.ts");
const SAMPLE_EVERY_MS = 500;
const LIMIT_MB = 600;

/**
 * The most memory that the quickstart's own processes hold at one time: the command line tool, the engine, the local
 * cloud, its Postgres, the app's tasks and the prober. The app's own check and build commands (its compiler, its tests,
 * npm) run inside the engine's sandboxes and are not counted: their memory is the same without Slipway.
 */
export async function measure(): Promise<Row> {
  const marker = `slipway-bench-${process.pid}`;
  const child = spawn(process.execPath, [QUICKSTART], {
    env: { ...process.env, SLIPWAY_BENCH_MARKER: marker },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors = (errors + chunk).slice(-4_000)));

  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(
      most,
      own(treesMarkedBy(marker)).reduce((sum, one) => sum + one.bytes, 0),
    );
  }, SAMPLE_EVERY_MS);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(timer);

  if (code !== 0) throw new Error(`the quickstart ended with ${code}:\n${errors}`);
  return absoluteRow("memory of the quickstart's own processes, at most", "MB", most / 1024 / 1024, LIMIT_MB);
}

/** Leaves out what runs in a sandbox below `slipway call`: the app's commands. The cloud's tasks are below its daemon. */
function own(tree: readonly TreeProcess[]): TreeProcess[] {
  const byPid = new Map(tree.map((one) => [one.pid, one]));
  const belowCall = (one: TreeProcess | undefined): boolean =>
    one !== undefined && (/slipway\.mjs .*\bcall\b/.test(one.command) || belowCall(byPid.get(one.parent)));
  return tree.filter((one) => !(one.sandboxed && belowCall(one)));
}
