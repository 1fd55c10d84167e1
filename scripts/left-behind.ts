// Which processes did a run leave behind? `node scripts/left-behind.ts --since FILE` compares the processes of this
// machine with the list that `node scripts/left-behind.ts --save FILE` wrote before, and exits 1 naming each new one
// that has to do with this repository. Linux only: elsewhere it says so and exits 0.

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

interface Process {
  readonly pid: number;
  readonly started: string;
  readonly command: string;
  readonly trace: string;
}

const DEADLINE_MS = 10_000;
const OURS = /slipway|postgres|unshare|nsenter|bwrap|dockerd|containerd|vitest/;

const { values } = parseArgs({ options: { save: { type: "string" }, since: { type: "string" } } });
const root = resolve(import.meta.dirname, "..");

if (process.platform !== "linux") {
  console.log("left-behind: only Linux has /proc; not checked here");
} else if (values.save !== undefined) {
  writeFileSync(values.save, JSON.stringify(processes().map(identity)));
} else if (values.since !== undefined) {
  const before = new Set(JSON.parse(readFileSync(values.since, "utf8")) as string[]);
  const left = await untilNone(() => processes().filter((one) => !before.has(identity(one)) && isOurs(one)));
  for (const one of left) console.error(`left behind: pid ${one.pid}: ${one.command}`);
  process.exitCode = left.length === 0 ? 0 : 1;
  if (left.length === 0) console.log("left-behind: no process is left");
} else {
  console.error("left-behind: say --save FILE before a run or --since FILE after it");
  process.exitCode = 2;
}

async function untilNone(look: () => Process[]): Promise<Process[]> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const left = look();
    if (left.length === 0 || Date.now() > deadline) return left;
    await new Promise((done) => setTimeout(done, 200));
  }
}

function identity(one: Process): string {
  return `${one.pid}@${one.started}`;
}

function isOurs(one: Process): boolean {
  return !ancestors().has(one.pid) && (one.trace.includes(root) || OURS.test(one.trace));
}

function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        if (command === "") return []; // a kernel thread, or a process that is just ending
        const started = statFields(name)[19] ?? "";
        return [
          {
            pid: Number(name),
            started,
            command,
            trace: `${command} ${link(name, "cwd")} ${link(name, "exe")}`,
          },
        ];
      } catch {
        return []; // it ended while we looked
      }
    });
}

function link(pid: string, what: "cwd" | "exe"): string {
  try {
    return readlinkSync(`/proc/${pid}/${what}`);
  } catch {
    return "";
  }
}

/** Fields of /proc/PID/stat after the name, which may hold spaces and brackets: index 1 is the parent, 19 the start. */
function statFields(pid: string): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function ancestors(): Set<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 1; pid = Number(statFields(String(pid))[1])) found.add(pid);
  return found;
}
