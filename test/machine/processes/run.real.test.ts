import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runProcess } from "../../../src/machine/processes/run.ts";

const env = { PATH: "/usr/bin:/bin" };
const sh = (script: string) => ["/bin/sh", "-c", script] as const;

function alive(pid: number): boolean {
  try {
    // A zombie has ended; whoever adopted it has not looked yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (alive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("answers with output, exit code and nothing of our environment", async () => {
  const result = await runProcess({ argv: sh("echo out; echo err >&2; env | grep -c HOME; exit 3"), env });

  expect({ ...result, stdout: result.stdout.toString(), stderr: result.stderr.toString() }).toEqual({
    exitCode: 3,
    signal: null,
    stdout: "out\n0\n",
    stderr: "err\n",
    timedOut: false,
  });
});

test("passes standard input on and tells of output as it comes", async () => {
  const heard: string[] = [];
  const { stdout } = await runProcess({
    argv: sh("cat; echo done >&2"),
    env,
    stdin: "x".repeat(300_000),
    onOutput: (chunk, stream) => heard.push(`${stream}:${chunk.length}`),
  });

  expect(stdout.length).toBe(300_000);
  expect(heard.at(-1)).toBe("stderr:5");
});

test("a program that ends without reading its input is no fault", async () => {
  const { exitCode } = await runProcess({ argv: sh("exec <&-; exit 0"), env, stdin: "x".repeat(1_000_000) });

  expect(exitCode).toBe(0);
});

test("a timeout kills the whole group, also children that ignore SIGTERM", async () => {
  const script = "trap '' TERM; (trap '' TERM; sleep 1000) & echo $!; sleep 1000";
  const result = await runProcess({ argv: sh(script), env, timeoutMs: 300 });

  expect(result).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: true });
  const child = Number(result.stdout.toString());
  await untilGone(child);
  expect(alive(child)).toBe(false);
});

test("answers although a process that left the group holds the pipe", async () => {
  const result = await runProcess({ argv: sh("setsid sleep 1000 & echo $!"), env, timeoutMs: 20_000 });
  const grandchild = Number(result.stdout.toString());
  onTestFinished(() => void process.kill(grandchild, "SIGKILL"));

  expect(result).toMatchObject({ exitCode: 0, timedOut: false });
});

test("what is left of the group after a normal end is killed", async () => {
  const result = await runProcess({ argv: sh("sleep 1000 >/dev/null 2>&1 & echo $!"), env });
  const child = Number(result.stdout.toString());
  await untilGone(child);

  expect(alive(child)).toBe(false);
});

test("an abort kills the group and rejects with its reason", async () => {
  const control = new AbortController();
  let pid = 0;
  const running = runProcess({
    argv: sh("echo $$; sleep 1000"),
    env,
    signal: control.signal,
    onOutput: (chunk) => {
      pid = Number(chunk.toString());
      control.abort(new Error("enough"));
    },
  });

  await expect(running).rejects.toThrow("enough");
  await untilGone(pid);
  expect(alive(pid)).toBe(false);
});

test("a program that does not exist rejects with ENOENT, and so does a folder", async () => {
  await expect(runProcess({ argv: ["/no/such/program"], env })).rejects.toMatchObject({ code: "ENOENT" });
  await expect(runProcess({ argv: sh("true"), env, cwd: "/no/such/folder" })).rejects.toMatchObject({
    code: "ENOENT",
  });
});

test("runs in the folder it is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-run-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await runProcess({ argv: sh("echo >here"), env, cwd: folder });

  expect(existsSync(join(folder, "here"))).toBe(true);
});
