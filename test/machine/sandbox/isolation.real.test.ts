import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { expect, test, vi } from "vitest";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { startSandbox } from "../../../src/machine/sandbox/start.ts";
import { NODE, NODE_BIND, lab, processesWith, until } from "./lab.ts";

const ability = await sandboxAbility();
const isolates = ability.kind !== "plain";

test.runIf(isolates)("a command sees its own root and nothing else of this machine's files", async () => {
  const { run, layer } = lab();
  const { stdout, exitCode } = await run("cat /hello; ls -A /; ls -A /root /home /tmp /work 2>&1 | sort", {
    root: { layers: [layer("base", { hello: "from the layer\n" })], upper: lab().newUpper() },
  });

  expect(exitCode).toBe(0);
  expect(stdout.split("\n").filter((line) => !/^(bin|lib|lib64|sbin|usr)$/.test(line))).toEqual([
    "from the layer",
    "dev",
    "etc",
    "hello",
    "proc",
    "tmp",
    "/tmp:",
    "ls: cannot access '/home': No such file or directory",
    "ls: cannot access '/root': No such file or directory",
    "ls: cannot access '/work': No such file or directory",
  ]);
});

test("a command gets the environment of the request byte for byte, and nothing of ours", async () => {
  vi.stubEnv("SLIPWAY_TEST_LEAK", "must not be seen");
  const env = {
    A: "1",
    "odd.name/x": "kept",
    LD_LIBRARY_PATH: "/none",
    TEXT: "a 'quoted'\n  value ",
    TZDIR: "/zones",
  };
  const script = "process.stdout.write(JSON.stringify(process.env))";
  const { stdout } = await lab().run("", {
    binds: [...lab().request("").binds, NODE_BIND],
    argv: [NODE, "-e", script],
    env,
  });

  vi.unstubAllEnvs();

  expect(JSON.parse(stdout)).toEqual(env);
});

test.runIf(isolates)(
  "variables of the loader reach the command, not this machine's programs on the way",
  async () => {
    const { stderr, exitCode } = await lab().run("", {
      argv: ["/bin/true"],
      env: { PATH: "/usr/bin:/bin", LD_PRELOAD: "/no/such/library.so" },
    });

    expect(exitCode).toBe(0);
    // The loader complains once for each program that it starts with the variable.
    expect(stderr.match(/library\.so/g)).toHaveLength(1);
  },
);

test.runIf(isolates)("a command sees no process but its own", async () => {
  const { stdout } = await lab().run("for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done");

  expect(stdout).not.toContain("vitest");
  expect(stdout.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(4);
});

test.runIf(isolates)("a command cannot signal a process outside", async () => {
  const { exitCode } = await lab().run(`kill -0 ${process.pid}`);

  expect(exitCode).not.toBe(0);
});

test.runIf(isolates)("a command has the host name it was given and not this machine's", async () => {
  const named = await lab().run("hostname; cat /etc/hostname; getent hosts web", { hostname: "web" });
  const unnamed = await lab().run("hostname");

  expect(named.stdout.split("\n").slice(0, 2)).toEqual(["web", "web"]);
  expect(named.stdout).toMatch(/\sweb$/);
  expect(unnamed.stdout).not.toBe(hostname());
});

test("a host name that is none is refused before anything starts", async () => {
  await expect(lab().run("true", { hostname: "a\nb" })).rejects.toThrow(
    'sandbox: "a\\nb" is not a host name',
  );
});

test.runIf(isolates)("root inside cannot get out through mounts, chroot, or process 1", async () => {
  const secret = `outside-${process.pid}`;
  const { run, layer } = lab();
  const escape = `
    umount /proc 2>/dev/null && echo umounted proc
    umount -l / 2>/dev/null && echo umounted root
    mount -t tmpfs none /tmp 2>/dev/null && echo mounted
    ls /proc/1/root/ 2>/dev/null && echo read the root of process 1
    nsenter -t 1 -m /bin/true 2>/dev/null && echo entered process 1
    mkdir -p /tmp/jail && chroot /tmp/jail /bin/sh 2>/dev/null && echo chrooted
    unshare --user --map-root-user --mount sh -c 'umount -l /; umount -l /proc; ls /; cat /marker' 2>/dev/null
    exit 0
  `;
  const { stdout } = await run(escape, {
    root: { layers: [layer("base", { marker: secret })], upper: lab().newUpper() },
  });

  const lines = stdout.split("\n");
  expect(lines.filter((line) => /umounted|mounted|read|entered/.test(line))).toEqual([]);
  // Where a nested user namespace is possible at all, what it sees is still this root.
  expect(lines.filter((line) => ["root", "home", "work", "boot"].includes(line))).toEqual([]);
});

test.runIf(isolates)("chroot and `..` lead no further than the root", async () => {
  const { run, request } = lab();
  const script = `
    const fs = require("node:fs");
    process.chdir("/");
    fs.mkdirSync("/tmp/deep", { recursive: true });
    for (let i = 0; i < 64; i++) process.chdir("..");
    process.stdout.write(fs.readdirSync(".").sort().join(" ") + "|" + fs.readdirSync("/").sort().join(" "));
  `;
  const { stdout } = await run("", { binds: [...request("").binds, NODE_BIND], argv: [NODE, "-e", script] });

  const [up, root] = stdout.split("|");
  expect(up).toBe(root);
});

test.runIf(ability.network)("a command cannot reach a server on this machine's loopback", async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end("secret");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const script = `
      const tries = ["127.0.0.1", "10.98.0.1", "::1", "localhost"].map((host) =>
        fetch("http://" + (host.includes("::") ? "[::1]" : host) + ":${port}").then(() => host, () => ""));
      Promise.all(tries).then((got) => process.stdout.write(got.join("")));
    `;
    const { request, run } = lab();
    const { stdout, exitCode } = await run("", {
      binds: [...request("").binds, NODE_BIND],
      argv: [NODE, "-e", script],
    });

    expect({ stdout, exitCode, asked }).toEqual({ stdout: "", exitCode: 0, asked: 0 });
  } finally {
    server.close();
  }
});

test.runIf(isolates)("the request's uid is what the command sees of itself and of its files", async () => {
  const { run } = lab();
  const seen = await run("id -u; id -g; mkdir -m 700 /tmp/data; stat -c '%u:%g %a' /tmp/data", {
    uid: 70,
    gid: 71,
  });

  expect(seen.stdout.split("\n")).toEqual(["70", "71", "70:71 700"]);
});

test("what a command is given on its standard input is what it reads", async () => {
  const text = "line\n".repeat(50_000);
  const { stdout } = await lab().run("wc -c", { stdin: text });

  expect(stdout).toBe(`${text.length}`);
});

test("a program that does not exist ends with 127 and says so", async () => {
  const { run } = lab();
  const { exitCode, stderr } = await run("", { argv: ["/no/such/program"] });

  expect(exitCode).toBe(127);
  expect(stderr).toMatch(/no\/such\/program/);
});

test("the exit code and the signal of the command are reported as they were", async () => {
  const { run } = lab();

  expect(await run("exit 143")).toMatchObject({ exitCode: 143, signal: null, timedOut: false });
  expect(await run("kill -KILL $$")).toMatchObject({ exitCode: null, signal: "SIGKILL", timedOut: false });
});

test("nothing of a secret in the environment shows in any command line of this machine", async () => {
  const secret = `hunter2-${process.pid}-${performance.now()}`;
  const { request } = lab();
  const sandbox = await startSandbox({
    ...request("sleep 60"),
    env: { PATH: "/usr/bin:/bin", SECRET: secret },
  });
  await until("the command to run", () => processesWith("sleep\u000060").length > 0);

  expect(processesWith(secret)).toEqual([]);
  await sandbox.stop(0);
  expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain("slipway");
});
