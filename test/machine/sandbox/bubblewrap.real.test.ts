import { readdirSync } from "node:fs";
import { beforeAll, expect, test, vi } from "vitest";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { findTool } from "../../../src/machine/sandbox/tools.ts";
import { lab, processesWith } from "./lab.ts";

// Runs where bubblewrap is installed; elsewhere the same behaviours are tested for namespaces.
const there = findTool("bwrap") !== undefined;

beforeAll(() => {
  vi.stubEnv("SLIPWAY_SANDBOX", "bubblewrap");
  return () => void vi.unstubAllEnvs();
});

test.runIf(there)("the ability says that the network is shared", async () => {
  expect(await sandboxAbility()).toMatchObject({ kind: "bubblewrap", overlay: false, network: false });
});

test.runIf(there)("a command sees its own root and processes, and its changes are found", async () => {
  const { run, layer, newUpper } = lab();
  const upper = newUpper();
  const script = "id -u; hostname; ls /home; rm /app/gone; echo new >/app/new; ls /proc | grep -c '^[0-9]'";
  const { stdout, exitCode, removed } = await run(script, {
    root: { layers: [layer("base", { "app/gone": "1", "app/kept": "1" })], upper },
    uid: 70,
    hostname: "web",
  });

  expect({ exitCode, removed }).toEqual({ exitCode: 0, removed: ["app/gone"] });
  expect(stdout.split("\n").slice(0, 2)).toEqual(["70", "web"]);
  expect(Number(stdout.split("\n").at(-1))).toBeLessThan(8);
  expect(readdirSync(upper, { recursive: true, encoding: "utf8" }).sort()).toEqual(["app", "app/new"]);
});

test.runIf(there)("a secret of the environment is in no command line", async () => {
  const secret = `hunter2-${process.pid}`;
  const { run } = lab();
  const { stdout } = await run('echo "$SECRET"', { env: { PATH: "/usr/bin:/bin", SECRET: secret } });

  expect(stdout).toBe(secret);
  expect(processesWith(secret)).toEqual([]);
});

test.runIf(there)("a timeout kills the whole tree", async () => {
  const seconds = `${200_000 + process.pid}`;
  const exit = await lab().run(`trap '' TERM; setsid sleep ${seconds} & sleep ${seconds}`, {
    timeoutMs: 300,
  });

  expect(exit).toMatchObject({ signal: "SIGKILL", timedOut: true });
  expect(processesWith(`sleep\0${seconds}`)).toEqual([]);
});
