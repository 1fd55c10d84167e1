import { readFileSync } from "node:fs";

/** The first child process of a process, or undefined while it has none (proc(5), /proc/PID/task/TID/children). */
export function childOf(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    return first === undefined || first === "" ? undefined : Number(first);
  } catch {
    // It is gone, and so is its entry.
    return undefined;
  }
}
