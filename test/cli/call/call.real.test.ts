import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { chmodSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { MODULE_ROOT } from "../../../src/cli/call/module/module-source.ts";
import { startEngine } from "../../../src/engine/start.ts";
import { anApp } from "./an-app.ts";

const node = (script: string) => ["node", "-e", script];
const commit = `--commit=${"0123456789".repeat(4)}`;

const app = anApp(
  {
    good: { image: "node:24", run: node("console.log('all is well')") },
    bad: {
      image: "node:24",
      run: node("console.log('line one'); console.error('line two'); process.exit(3)"),
    },
    unit: { image: "node:24", run: node("if (require('fs').existsSync('node_modules')) process.exit(1)") },
    hangs: { image: "node:24", run: node("setInterval(() => {}, 1000) // hanging-check"), timeoutSeconds: 1 },
  },
  { "node_modules/x/index.js": "" },
);
afterAll(() => app.remove());

const embedded = (...words: string[]) => app.call(["--engine=embedded", ...words]);

/** Command lines of processes on this machine that hold this text. */
function running(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? read(`/proc/${pid}/cmdline`) : ""))
    .filter((line) => line.includes(text));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

test("failing checks are told one by one with their whole output, and do not hide the others", async () => {
  const run = await embedded("check");

  expect(run.exitCode).toBe(12);
  expect(run.stdout).toBe("");
  expect(run.stderr).toMatch(/^engine: embedded\n/);
  expect(run.stderr).toMatch(/good: ok, \d+\.\d s\n/);
  expect(run.stderr).toMatch(/unit: ok, \d+\.\d s\n/);
  expect(run.stderr).toContain("(exit code 3)\nline one\nline two\n");
  expect(run.stderr).toContain('check: bad: "node -e ');
  expect(run.stderr).toMatch(/check: hangs: .* took longer than 1 s and was ended/);
  expect(running("hanging-check")).toEqual([]);
});

test("a check that has passed comes from the cache until a file of the app changes; a failed one runs again", async () => {
  await embedded("unit");

  const again = await embedded("unit");
  expect(again).toMatchObject({ exitCode: 0, stdout: "unit: ok\n" });
  expect(again.stderr).toContain("unit: cached\n");
  expect(again.stderr).toContain("ran 0 commands");

  writeFileSync(join(app.folder, "more.txt"), "");
  const changed = await embedded("unit");
  expect(changed.stderr).toMatch(/unit: ok, /);
  expect(changed.stderr).toContain("ran 1 command,");
});

test("functions of what a function answers can be called on it", async () => {
  const said = await embedded(
    "image",
    "--component=api",
    commit,
    "with-exec",
    "--use-entrypoint",
    "--args=",
    "stdout",
  );
  expect(said).toMatchObject({ exitCode: 0, stdout: "hello\n" });

  const label = await embedded(
    "-j",
    "image",
    "--component=api",
    commit,
    "label",
    "--name=org.opencontainers.image.version",
  );
  expect(label).toMatchObject({ exitCode: 0, stdout: '"1.2.3"\n' });

  const out = join(app.folder, "../main copy.js");
  const file = await embedded("image", "--component=api", commit, "file", "--path=/app/main.js", "-o", out);
  expect(file).toMatchObject({ exitCode: 0 });
  expect(readFileSync(out, "utf8")).toBe('console.log("hello")');
});

test("an object at the end of a chain is made and described", async () => {
  const run = await embedded("--json", "image", "--component=api", commit);

  expect(JSON.parse(run.stdout)).toEqual({
    _type: "Container",
    entrypoint: ["node", "main.js"],
    defaultArgs: [],
    workdir: "/app",
    user: "",
    platform: expect.stringMatching(/^linux\//) as string,
  });
});

test.each([
  [["lint"], 2, 'the config declares no check named "lint"; it declares bad, good, hangs, unit'],
  [["image", "--component=apy", commit], 2, 'the config has no component named "apy"; it has api'],
  [["image", "--component=api"], 2, "give --commit=$(git rev-parse HEAD)"],
  [
    ["image", "--component=api", commit, "terminal"],
    11,
    "not part of the embedded engine; Dagger Engine has it",
  ],
  [["image", "--component=api", commit, "with-exec", "--args=false", "stdout"], 12, "exit code: 1"],
  [["--source=/nowhere", "unit"], 2, "/nowhere: there is no such path"],
  [["status", "--env=local", "--ledger=env:NOT_SET_AT_ALL"], 2, "env:NOT_SET_AT_ALL: is not set"],
])("%j ends with %i and a sentence", async (words, exitCode, says) => {
  const run = await embedded(...words, "--json");

  expect(run.exitCode).toBe(exitCode);
  const { problems, exitCode: told } = JSON.parse(run.stdout) as {
    problems: { at: string; says: string }[];
    exitCode: number;
  };
  expect(told).toBe(exitCode);
  expect(problems.map(({ at, says }) => `${at}: ${says}`).join("\n")).toContain(says);
});

test("a config that is wrong is told with the CLI's own sentences", async () => {
  const broken = anApp({}, { "slipway.config.json": '{"app":"demo","enviroments":{}}' });
  try {
    const run = await broken.call(["--engine=embedded", "check"], {
      XDG_CACHE_HOME: join(app.folder, "../cache"),
    });

    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('did you mean "environments"?');
  } finally {
    broken.remove();
  }
});

test("Ctrl-C ends everything that the call has started", async () => {
  const slow = anApp({
    unit: { image: "node:24", run: node("setInterval(() => {}, 1000) // interrupted-check") },
  });
  try {
    const call = slow.start(["--engine=embedded", "unit"], { XDG_CACHE_HOME: join(app.folder, "../cache") });
    await call.until("interrupted-check …");
    call.process.kill("SIGINT");
    const run = await call.ended;

    expect(run.exitCode).toBe(40);
    expect(run.stderr).toContain("interrupted; run the same command again to resume");
    expect(running("interrupted-check")).toEqual([]);
    expect(running(slow.folder)).toEqual([]);
  } finally {
    slow.remove();
  }
});

test("a session that the call runs in is used", async () => {
  const engine = await startEngine({ cacheFolder: join(app.folder, "../cache/slipway") });
  try {
    const session = { DAGGER_SESSION_PORT: String(engine.port), DAGGER_SESSION_TOKEN: engine.token };

    const run = await app.call(["check"], session);

    expect(run.exitCode).toBe(12);
    expect(run.stderr).toMatch(new RegExp(`^engine: the Dagger session on port ${engine.port}\n`));
    expect(run.stderr).toContain('check: bad: "node -e ');
    expect(run.stderr).not.toContain(engine.token);
  } finally {
    await engine.close();
  }
});

test("the dagger CLI gets the same words, the module and the app's folder", async () => {
  const bin = join(app.folder, "../bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, "dagger"),
    `#!/usr/bin/env node\nconsole.log(JSON.stringify(process.argv.slice(2)));process.exitCode = 20;\n`,
  );
  chmodSync(join(bin, "dagger"), 0o755);
  // By name: the path of this Node may hold a space, which a first line cannot.
  const places = [bin, dirname(process.execPath), process.env["PATH"] ?? ""];
  const path = { PATH: places.join(delimiter), DAGGER_SESSION_PORT: "" };

  const check = await app.call(["--engine=dagger", "check", "-j"], path);
  const deploy = await app.call(["deploy", "--env=x", "--release=package.json", "--ledger=env:PATH"], path);
  const wrong = await app.call(["chekc"], path);

  expect(JSON.parse(check.stdout)).toEqual([
    "call",
    "-m",
    MODULE_ROOT,
    `--source=${app.folder}`,
    "check",
    "-j",
  ]);
  expect(check.exitCode).toBe(12);
  expect(deploy.exitCode).toBe(20);
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
});
