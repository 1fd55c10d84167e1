import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const HOOKS = fileURLToPath(new URL("../../../src/machine/processes/exit-hooks.ts", import.meta.url));

/** Runs a program with two hooks, the second of which takes a moment; `kill` is sent once it says that it is up. */
async function run(body: string, kill?: NodeJS.Signals) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-hooks-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, "program.mts");
  writeFileSync(
    program,
    `import { onExit, runExitHooks } from ${JSON.stringify(HOOKS)};
     const say = (text) => process.stdout.write(text + "\\n");
     onExit(() => say("first"));
     onExit(async () => { await new Promise((done) => setTimeout(done, 50)); say("second"); });
     onExit(() => say("never"))();
     onExit(() => { throw new Error("a failing hook"); });
     ${body}`,
  );
  const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes("up") && kill !== undefined) child.kill(kill);
  });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once("close", (code, signal) => resolve([code, signal])),
  );
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  return { lines: stdout.trim().split("\n"), stderr, exitCode, signal };
}

const STAY = "setInterval(() => {}, 1000); say('up');";

test("hooks run once at the normal end", async () => {
  expect(await run("say('up');")).toMatchObject({
    lines: ["up", "first", "second"],
    exitCode: 0,
    signal: null,
  });
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "hooks run on %s, and the process ends by it",
  async (signal) => {
    expect(await run(STAY, signal)).toMatchObject({
      lines: ["up", "first", "second"],
      exitCode: null,
      signal,
    });
  },
);

test("hooks run on an uncaught error, which is still told", async () => {
  const { lines, stderr, exitCode } = await run(
    "setTimeout(() => { throw new Error('broken'); }, 1); say('up');",
  );

  expect({ lines, exitCode }).toEqual({ lines: ["up", "first", "second"], exitCode: 1 });
  expect(stderr).toContain("Error: broken");
});

test("hooks run on a rejection nobody handles", async () => {
  expect(
    await run("say('up'); void Promise.reject(new Error('broken')); setInterval(() => {}, 1000);"),
  ).toMatchObject({
    lines: ["up", "first", "second"],
    exitCode: 1,
  });
});

test("whoever listens to the signal too decides when the process ends", async () => {
  const own = "process.on('SIGTERM', async () => { await runExitHooks(); say('mine'); process.exit(40); });";

  expect(await run(`${own}${STAY}`, "SIGTERM")).toMatchObject({
    lines: ["up", "first", "second", "mine"],
    exitCode: 40,
  });
});

test("after process.exit the synchronous hooks have run", async () => {
  expect((await run("say('up'); process.exit(5);")).lines).toEqual(["up", "first"]);
});
