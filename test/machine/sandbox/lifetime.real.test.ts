import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startSandbox } from "../../../src/machine/sandbox/start.ts";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { PROGRAMS, lab, processesWith, until } from "./lab.ts";

const { kind } = await sandboxAbility();
const isolates = kind !== "plain";

/** A command that nobody else runs, so that it can be found among this machine's processes. */
let sleeps = 0;
function uniqueSleep(): string {
  return `${100_000 + process.pid}.${++sleeps}`;
}

function sleepers(seconds: string): number[] {
  return processesWith(`sleep\0${seconds}`);
}

test("a timeout kills the whole tree, also what ignores SIGTERM and holds the pipe", async () => {
  const seconds = uniqueSleep();
  const { run } = lab();
  const exit = await run(`trap '' TERM; (trap '' TERM; setsid sleep ${seconds}) & sleep ${seconds}`, {
    timeoutMs: 300,
  });

  expect(exit).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: true });
  // A plain process that leaves its group cannot be found again.
  expect(isolates ? sleepers(seconds) : []).toEqual([]);
});

test.runIf(isolates)("what a command leaves running ends with it", async () => {
  const seconds = uniqueSleep();
  const { run } = lab();
  const { exitCode } = await run(`setsid sleep ${seconds} >/dev/null & echo started`);

  expect(exitCode).toBe(0);
  expect(sleepers(seconds)).toEqual([]);
});

test("stop sends SIGTERM first and lets the command finish", async () => {
  const { request } = lab();
  let said = "";
  const sandbox = await startSandbox({
    ...request("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done"),
    onOutput: (chunk) => (said += chunk.toString()),
  });
  await until("the command to be up", () => said.includes("up"));

  expect(await sandbox.stop(10_000)).toMatchObject({ exitCode: 7, signal: null, timedOut: false });
  expect(said).toBe("up\nbye\n");
});

test("stop kills what does not listen when the grace is over", async () => {
  const seconds = uniqueSleep();
  const { request } = lab();
  const sandbox = await startSandbox(request(`trap '' TERM; sleep ${seconds}; sleep ${seconds}`));
  await until("the command to run", () => sleepers(seconds).length > 0);

  expect(await sandbox.stop(100)).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  expect(await sandbox.stop()).toMatchObject({ exitCode: null, signal: "SIGKILL" });
  expect(sleepers(seconds)).toEqual([]);
});

test("an abort kills the command; one before the start rejects", async () => {
  const { request } = lab();
  const control = new AbortController();
  const seconds = uniqueSleep();
  const sandbox = await startSandbox({ ...request(`sleep ${seconds}`), signal: control.signal });
  await until("the command to run", () => sleepers(seconds).length > 0);
  control.abort(new Error("enough"));

  expect(await sandbox.exited).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: false });
  expect(sleepers(seconds)).toEqual([]);
  await expect(startSandbox({ ...request("true"), signal: control.signal })).rejects.toThrow("enough");
});

test.runIf(isolates)("orphans do not stay as zombies", async () => {
  const { run } = lab();
  const script = `
    for i in 1 2 3 4 5; do (sleep 0.01 & ) ; done
    n=0
    while [ $n -lt 200 ]; do
      grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null >/tmp/z
      if ! pgrep -x sleep >/dev/null && [ ! -s /tmp/z ]; then echo clean; exit; fi
      n=$((n+1)); sleep 0.02
    done
    cat /tmp/z
  `;

  expect((await run(script)).stdout).toBe("clean");
});

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "when the process that started it dies by %s, nothing of a sandbox is left",
  async (signal) => {
    const { folder, newUpper } = lab();
    const seconds = uniqueSleep();
    const program = join(folder, "parent.mts");
    const request = {
      root: { layers: [], upper: newUpper() },
      binds: PROGRAMS,
      argv: ["/bin/sh", "-c", `trap '' TERM INT HUP; setsid sleep ${seconds} & sleep ${seconds}`],
      env: { PATH: "/usr/bin:/bin" },
      cwd: "/",
    };
    const start = fileURLToPath(new URL("../../../src/machine/sandbox/start.ts", import.meta.url));
    writeFileSync(
      program,
      `import { startSandbox } from ${JSON.stringify(start)};
       const sandbox = await startSandbox(${JSON.stringify(request)});
       process.stdout.write("started " + sandbox.pid + "\\n");
       await sandbox.exited;`,
    );
    const parent = spawn(process.execPath, [program], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    parent.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(
      "the sandbox to run",
      () => sleepers(seconds).length === (isolates ? 2 : 1) && said.includes("started"),
    );
    const family = isolates ? descendants(parent.pid ?? 0) : [];
    expect(family.length).toBeGreaterThan(isolates ? 4 : -1);
    parent.kill(signal);

    await until("every process of the sandbox to be gone", () => {
      return sleepers(seconds).length === 0 && family.every((pid) => !existsSync(`/proc/${pid}`));
    });
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(folder);
    const left = readdirSync(folder).filter((name) => !/^(parent.mts|upper-\d+)$/.test(name));
    // The work folder of overlayfs lies beside upper; after SIGKILL it goes when upper's owner clears up.
    expect(left).toEqual(signal === "SIGKILL" && isolates ? ["upper-1.work"] : []);
  },
);

test.runIf(isolates)("starting sandboxes in parallel gives each its own", async () => {
  const { run, folder } = lab();
  mkdirSync(join(folder, "shared"));
  const numbers = Array.from({ length: 12 }, (_, n) => n);
  const exits = await Promise.all(
    numbers.map((n) => run(`echo ${n} >/tmp/mine; sleep 0.0$((${n} % 5)); cat /tmp/mine`)),
  );

  expect(exits.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(numbers.map((n) => [`${n}`, 0]));
});

function descendants(pid: number): number[] {
  const parents = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const stat = readFileSync(`/proc/${name}/stat`, "utf8");
          return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])] as const];
        } catch {
          return [];
        }
      }),
  );
  const below = (root: number): number[] =>
    [...parents].filter(([, parent]) => parent === root).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}
