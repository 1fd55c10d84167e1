import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { NODE, NODE_BIND, lab, until, whiteout } from "./lab.ts";
import { programAndLibraries } from "./programs.ts";

// What is forced here is how a machine without namespaces behaves. The scripts use relative paths only: absolute ones
// would be this machine's.

beforeAll(() => {
  vi.stubEnv("SLIPWAY_SANDBOX", "plain");
  return () => void vi.unstubAllEnvs();
});

const inApp = { binds: [], cwd: "/app" };

test("the ability says plainly that nothing is isolated", async () => {
  expect(await sandboxAbility()).toEqual({
    kind: "plain",
    overlay: false,
    network: false,
    note: "commands run as plain processes that see and can change this machine (SLIPWAY_SANDBOX asks for it)",
  });
});

test("a command works in a copy of the union of its layers, and its changes are found", async () => {
  const { run, layer, newUpper, folder } = lab();
  const low = layer("low", {
    "app/old": "1",
    "app/gone": "1",
    "app/kept": "1",
    "app/dir/a": "1",
    "app/hidden": "1",
  });
  const high = layer("high", { "app/old": "2" });
  whiteout(join(high, "app/hidden"));
  symlinkSync("old", join(high, "app/link"));
  const upper = newUpper();
  const script = "ls; cat link; rm -r gone dir; echo 3 >old; mkdir new; echo x >new/file; chmod 600 kept";
  const exit = await run(script, { ...inApp, root: { layers: [low, high], upper } });

  expect(exit).toMatchObject({ exitCode: 0, opaque: [], removed: ["app/dir", "app/gone"] });
  expect(exit.stdout).toBe("dir\ngone\nkept\nlink\nold\n2");
  expect(readdirSync(upper, { recursive: true, encoding: "utf8" }).sort()).toEqual([
    "app",
    "app/kept",
    "app/new",
    "app/new/file",
    "app/old",
  ]);
  expect(readFileSync(join(upper, "app/old"), "utf8")).toBe("3\n");
  expect(readFileSync(join(low, "app/old"), "utf8")).toBe("1");
  expect(readdirSync(folder).sort()).toEqual(["high", "low", "upper-1", "upper-2"]);
});

test("binds are found where the command line and the environment name them", async () => {
  const { run, layer, newUpper, folder } = lab();
  mkdirSync(join(folder, "cache"));
  const base = layer("base", {
    "app/main.js":
      "console.log(process.env.CACHE); require('fs').writeFileSync(process.env.CACHE + '/x', '')",
  });
  const { stdout, exitCode } = await run("", {
    root: { layers: [base], upper: newUpper() },
    binds: [NODE_BIND, { source: join(folder, "cache"), target: "/var/cache/app", writable: true }],
    argv: [NODE, "/app/main.js"],
    env: { CACHE: "/var/cache/app" },
    cwd: "/app",
  });

  expect({ stdout, exitCode }).toEqual({ stdout: join(folder, "cache"), exitCode: 0 });
  expect(existsSync(join(folder, "cache/x"))).toBe(true);
});

test("an alias with its port is replaced by where it leads", async () => {
  const server = createServer((_, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { run, layer, newUpper } = lab();
  const { stdout } = await run("", {
    root: { layers: [layer("base", { "app/": "" })], upper: newUpper() },
    binds: [NODE_BIND],
    argv: [NODE, "-e", "fetch(process.env.API).then((r) => r.text()).then(console.log)"],
    env: { API: "http://api:8080/path" },
    cwd: "/app",
    reaches: [{ alias: "api", port: 8080, to: { kind: "address", host: "127.0.0.1", port } }],
  });

  expect(stdout).toBe("hello");
});

test("a timeout kills the process group and leaves no copy behind", async () => {
  const { run, layer, newUpper, folder } = lab();
  const root = { layers: [layer("base", { "app/": "" })], upper: newUpper() };
  const exit = await run("trap '' TERM; sleep 1000 & sleep 1000", { ...inApp, root, timeoutMs: 200 });

  expect(exit).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: true, removed: [] });
  await until("the copy to be gone", () => readdirSync(folder).every((name) => !name.endsWith(".copy")));
});

test("a program that does not exist ends with 127", async () => {
  const { run, layer, newUpper } = lab();
  const root = { layers: [layer("base", { "app/": "" })], upper: newUpper() };
  const { exitCode } = await run("", { ...inApp, root, argv: ["/no/such/program"] });

  expect(exitCode).toBe(127);
});

test.runIf(process.getuid?.() === 0)(
  "as root, a root with programs of its own is entered by chroot",
  async () => {
    const { run, layer, newUpper, folder } = lab();
    const base = layer("base", { "app/file": "here", "bin/": "" });
    programAndLibraries(base, ["/bin/sh", "/bin/cat", "/bin/ls"]);
    mkdirSync(join(folder, "volume"));
    writeFileSync(join(folder, "volume/in"), "from the volume");
    const { stdout, exitCode } = await run(
      "cat /app/file; ls /work 2>/dev/null; cat /data/in; echo out >/data/out",
      {
        root: { layers: [base], upper: newUpper() },
        binds: [{ source: join(folder, "volume"), target: "/data", writable: true }],
        cwd: "/app",
        env: { PATH: "/bin" },
      },
    );

    expect({ stdout, exitCode }).toEqual({ stdout: "herefrom the volume", exitCode: 0 });
    expect(readFileSync(join(folder, "volume/out"), "utf8")).toBe("out\n");
  },
);
