import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "./run.ts";

const DEADLINE_MS = 60_000;

/** Waits until the process has stopped itself. Throws when it ends instead. */
export async function untilStopped(pid: number, ended: Promise<Run>): Promise<void> {
  let end: Run | undefined;
  void ended.then((run) => (end = run));
  const deadline = performance.now() + DEADLINE_MS;
  while (state(pid) !== "T") {
    if (end !== undefined) throw new Error(`the run ended before it came to its point: ${end.stderr}`);
    if (performance.now() > deadline) throw new Error(`process ${pid} did not stop itself`);
    await sleep(10);
  }
}

function state(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[0];
  } catch {
    return undefined;
  }
}
