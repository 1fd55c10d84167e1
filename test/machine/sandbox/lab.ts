import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { chmod, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import { startSandbox } from "../../../src/machine/sandbox/start.ts";
import type { RunningSandbox, SandboxExit, SandboxRequest } from "../../../src/machine/sandbox/types.ts";

/** This machine's programs, read-only. */
export const PROGRAMS = ["/usr", "/bin", "/lib", "/lib64", "/sbin", "/etc/ssl", "/etc/ca-certificates"]
  .filter((path) => existsSync(path))
  .map((path) => ({ source: path, target: path }));

/** The Node that runs this test, as a bind, and its path inside. */
export const NODE = "/opt/node/node";
export const NODE_BIND = { source: process.execPath, target: NODE };

export interface Lab {
  readonly folder: string;
  newUpper(this: void): string;
  request(this: void, script: string, more?: Partial<SandboxRequest>): SandboxRequest;
  /** A layer with the given files; a path that ends in a slash is a directory. */
  layer(this: void, name: string, files: Readonly<Record<string, string>>): string;
  /** Runs a shell script to its end; what it wrote, trimmed, and how it ended. */
  run(this: void, script: string, more?: Partial<SandboxRequest>): Promise<SandboxExit & Output>;
}

/** A folder for layers that is removed after the test, and short ways to run commands over them. */
export function lab(): Lab {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-lab-")));
  chmodSync(folder);
  opened.push(folder);
  let uppers = 0;
  const newUpper = (): string => {
    const upper = join(folder, `upper-${++uppers}`);
    mkdirSync(upper, { mode: 0o755 });
    return upper;
  };
  const request = (script: string, more: Partial<SandboxRequest> = {}): SandboxRequest => ({
    root: { layers: [], upper: newUpper() },
    binds: PROGRAMS,
    argv: ["/bin/sh", "-c", script],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    cwd: "/",
    ...more,
  });
  return {
    folder,
    newUpper,
    request,
    layer: (name, files) => {
      const layer = join(folder, name);
      mkdirSync(layer);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(path.endsWith("/") ? join(layer, path) : dirname(join(layer, path)), { recursive: true });
        if (!path.endsWith("/")) writeFileSync(join(layer, path), text);
      }
      return layer;
    },
    run: async (script, more = {}) => {
      const output = { stdout: "", stderr: "" };
      const sandbox = await startSandbox({
        ...request(script, more),
        onOutput: (chunk, stream) => (output[stream] += chunk.toString()),
      });
      const exit = await sandbox.exited;
      return { ...exit, stdout: output.stdout.trim(), stderr: output.stderr.trim() };
    },
  };
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const opened: string[] = [];

afterEach(async () => {
  for (const folder of opened.splice(0)) {
    await openUp(folder);
    await rm(folder, { recursive: true, force: true });
  }
});

/** Waits for a condition; fails with its name after the deadline. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 15_000,
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until something in the sandbox listens on a port. */
export async function untilListening(sandbox: RunningSandbox, port: number): Promise<void> {
  await until(`something to listen on ${port}`, async () => {
    try {
      (await sandbox.connect(port)).destroy();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ECONNREFUSED") return false;
      throw error;
    }
  });
}

/** Processes of this machine whose command line holds a text. */
export function processesWith(text: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Makes one whiteout, the mark of a removed name. */
export function whiteout(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("mknod", [path, "c", "0", "0"]);
}

// Tests may run as one user and look as another; what is inside is nothing but test data.
function chmodSync(folder: string): void {
  execFileSync("chmod", ["755", folder]);
}

async function openUp(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    await chmod(join(folder, entry.name), 0o755);
    await openUp(join(folder, entry.name));
  }
}
