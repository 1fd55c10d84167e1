import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MODULE_ROOT } from "../../../src/cli/call/module/module-source.ts";

export interface App {
  readonly folder: string;
  /** Runs `slipway call` with these words in the app's folder, on a cache that the app's calls share. */
  call(words: readonly string[], env?: NodeJS.ProcessEnv): Promise<CallRun>;
  start(words: readonly string[], env?: NodeJS.ProcessEnv): StartedCall;
  remove(): void;
}

export interface CallRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedCall {
  readonly process: ChildProcess;
  readonly ended: Promise<CallRun>;
  /** Resolves when stderr has this text; rejects when the call ends without it. */
  until(text: string): Promise<void>;
}

/** An app in a folder of its own, whose path has a space, with a config made of these checks. */
export function anApp(checks: object, files: Readonly<Record<string, string>> = {}): App {
  const root = mkdtempSync(join(tmpdir(), "slipway call "));
  const folder = join(root, "app");
  const config = {
    app: "demo",
    checks,
    components: {
      api: {
        kind: "service",
        path: ".",
        port: 8080,
        image: { base: "node:24", include: ["main.js"], entrypoint: ["node", "main.js"] },
      },
    },
    database: {},
    environments: { local: { cloud: "local" } },
  };
  const all = {
    "slipway.config.json": JSON.stringify(config),
    "package.json": '{"name":"demo","version":"1.2.3"}',
    "main.js": 'console.log("hello")',
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }

  const start = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    startCall(words, folder, { ...process.env, XDG_CACHE_HOME: join(root, "cache"), ...env });
  return {
    folder,
    start,
    call: (words, env) => start(words, env).ended,
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function startCall(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): StartedCall {
  const child = spawn(process.execPath, [join(MODULE_ROOT, "bin/slipway.mjs"), "call", ...words], {
    cwd,
    env,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<CallRun>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = () => stderr.includes(text) && resolve();
        child.stderr.on("data", look);
        look();
        void ended.then(() => reject(new Error(`ended without "${text}":\n${stderr}`)));
      }),
  };
}
