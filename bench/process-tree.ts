import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface TreeProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** Whether the process lives in another process-id namespace than we, as everything in a sandbox does. */
  readonly sandboxed: boolean;
  /** Proportional set size in bytes: shared pages are divided among those who share them. */
  readonly bytes: number;
}

/**
 * Every process whose environment holds `marker`, and everything below those, as the Linux kernel lists them now.
 * A sandbox clears the environment, so it is found through its parent.
 */
export function treesMarkedBy(marker: string): TreeProcess[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => look(name, marker));
  const found = new Map(all.filter((one) => one.marked).map((one) => [one.pid, one]));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const one of all) if (found.has(one.parent)) found.set(one.pid, one);
  }
  return [...found.values()];
}

function look(name: string, marker: string): (TreeProcess & { marked: boolean })[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "utf8");
    const rollup = readFileSync(`/proc/${name}/smaps_rollup`, "utf8");
    return [
      {
        pid: Number(name),
        parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]),
        command: readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim(),
        sandboxed: readlinkSync(`/proc/${name}/ns/pid`) !== readlinkSync("/proc/self/ns/pid"),
        bytes: Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024,
        marked: readFileSync(`/proc/${name}/environ`, "utf8").includes(marker),
      },
    ];
  } catch {
    return []; // it ended while we looked, or it is not ours to see
  }
}
