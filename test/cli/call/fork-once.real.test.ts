import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { forkOnce } from "../../../src/cli/call/fork-once.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-fork-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

function aProgram(text: string): string {
  const file = join(folder, `${Math.random()}.cjs`);
  writeFileSync(file, text);
  return file;
}

const ECHO = `process.once("message", (request) => process.send({ request, args: process.argv.slice(2) }, () => process.disconnect()));`;

test("the process runs before there is a request, and answers it", async () => {
  const { promise: request, resolve } = Promise.withResolvers<object>();
  const main = aProgram(`console.log("here"); ${ECHO}`);
  const answer = await forkOnce({
    main,
    args: ["one", "two"],
    request,
    env: {},
    signal: never,
    onLine: (line) => resolve({ heard: line }),
  });
  expect(answer).toEqual({ request: { heard: "here" }, args: ["one", "two"] });
});

test("a process that ends before there is a request is told as that", async () => {
  const { promise: request, resolve } = Promise.withResolvers<object>();
  const main = aProgram(`console.log("going"); process.exit(3)`);
  const asking = forkOnce({
    main,
    request,
    env: {},
    signal: never,
    onLine: () => setTimeout(resolve, 50, {}),
  });
  await expect(asking).rejects.toThrow(/ended without an answer \(exit code 3\)$/);
});

test("without a request the process is ended, and the reason is told", async () => {
  const lines: string[] = [];
  const main = aProgram(`console.log(process.pid); setInterval(() => {}, 1000)`);
  const { promise: request, reject } = Promise.withResolvers<object>();
  const onLine = (line: string) => {
    lines.push(line);
    reject(new Error("no engine"));
  };
  await expect(forkOnce({ main, request, env: {}, signal: never, onLine })).rejects.toThrow("no engine");
  await expect.poll(() => isRunning(Number(lines[0]))).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
