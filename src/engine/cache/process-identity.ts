import { readFileSync } from "node:fs";

/** This process as text that no later process with the same number will have: `PID-START`. */
export function ownIdentity(): string {
  return `${process.pid}-${startOf(process.pid) ?? 0}`;
}

/** True while the process with that identity runs. Text that is no identity belongs to nobody. */
export function isAlive(identity: string): boolean {
  const [, pid, start] = /^(\d+)-(\d+)/.exec(identity) ?? [];
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const current = startOf(Number(pid));
  return current === undefined || current === start;
}

/** Start time in clock ticks since boot; undefined where there is no /proc, so that only the number counts. */
function startOf(pid: number): string | undefined {
  try {
    // The command name is in parentheses and may hold spaces; field 22 is counted after it.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
  } catch {
    return undefined;
  }
}
