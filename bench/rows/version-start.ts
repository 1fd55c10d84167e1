import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { median, ratioRow, type Row } from "../row.ts";

const CLI = resolve(import.meta.dirname, "../../bin/slipway.mjs");
const ROUNDS = 25;

/** `slipway --version` beside a Node that does nothing; both are run in turn, so that a busy machine slows both. */
export function measure(): Promise<Row> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(milliseconds(["-e", "0"]));
    ours.push(milliseconds([CLI, "--version"]));
  }
  return Promise.resolve(
    ratioRow("start of slipway --version against node -e 0", "ms", median(ours), median(bare), 2),
  );
}

function milliseconds(argv: readonly string[]): number {
  const began = performance.now();
  const { status, error } = spawnSync(process.execPath, argv, { stdio: "ignore" });
  if (status !== 0) throw new Error(`node ${argv.join(" ")} ended with ${status ?? error?.message}`);
  return performance.now() - began;
}
