import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { sandboxAbility } from "../../../src/machine/sandbox/ability.ts";
import { startSandbox } from "../../../src/machine/sandbox/start.ts";
import type { RunningSandbox, SandboxRequest } from "../../../src/machine/sandbox/types.ts";
import { NODE, NODE_BIND, PROGRAMS, lab, untilListening } from "./lab.ts";

const ability = await sandboxAbility();
const { network } = ability;
const WITH_NODE = [...PROGRAMS, NODE_BIND];

/** Runs a program for Node inside; `print` writes to standard output. */
function node(script: string, more: Partial<SandboxRequest> = {}): Partial<SandboxRequest> {
  const prelude = "const print = (x) => process.stdout.write(String(x));";
  return { binds: WITH_NODE, argv: [NODE, "-e", `${prelude}${script}`], ...more };
}

async function startNode(script: string, more: Partial<SandboxRequest> = {}): Promise<RunningSandbox> {
  const sandbox = await startSandbox(lab().request("", node(script, more)));
  onTestFinished(async () => void (await sandbox.stop(0)));
  return sandbox;
}

const serve = (name: string, port: number) =>
  `require("node:http").createServer((q, r) => r.end(${JSON.stringify(name)})).listen(${port}, "0.0.0.0");`;

async function outsideServer(answer: string): Promise<number> {
  const server = createServer((_, response) => response.end(answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test.runIf(network)(
  "a bound server of this machine is reached by its alias, and only by who is bound",
  async () => {
    const port = await outsideServer("hello from outside");
    const { run } = lab();
    const ask = `
    fetch("http://api:8080/").then((r) => r.text()).catch((e) => e.cause.code).then(print)
  `;
    const reaches = [{ alias: "api", port: 8080, to: { kind: "address", host: "127.0.0.1", port } }] as const;

    expect((await run("", node(ask, { reaches }))).stdout).toBe("hello from outside");
    const unbound = `fetch("http://10.98.1.1:8080/").then((r) => r.text()).catch((e) => e.cause.code).then(print)`;
    expect((await run("", node(unbound))).stdout).not.toContain("hello");
    expect((await run("", node(ask))).stdout).toMatch(/ENOTFOUND|EAI_AGAIN/);
  },
);

test.runIf(network)(
  "two sandboxes listen on the same port and a third reaches both by their aliases",
  async () => {
    const [one, two] = await Promise.all([startNode(serve("one", 80)), startNode(serve("two", 80))]);
    await Promise.all([untilListening(one, 80), untilListening(two, 80)]);
    const ask = `
    (async () => { for (const alias of ["one", "two"]) print(await (await fetch("http://" + alias)).text() + " "); })()
  `;
    const { stdout } = await lab().run(
      "",
      node(ask, {
        reaches: [
          { alias: "one", port: 80, to: { kind: "sandbox", sandbox: one, port: 80 } },
          { alias: "two", port: 80, to: { kind: "sandbox", sandbox: two, port: 80 } },
        ],
      }),
    );

    expect(stdout).toBe("one two");
  },
);

test.runIf(network)("a sandbox cannot reach another one that it is not bound to", async () => {
  const other = await startNode(serve("other", 8080) + "setTimeout(() => {}, 1e6)");
  await untilListening(other, 8080);
  const ask = `
    const ask = (n) => fetch("http://10.99.0." + n + ":8080/", { signal: AbortSignal.timeout(500) });
    const tries = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ask(n).then((r) => r.text()).catch(() => ""));
    // A connection that nobody answers would keep the program up for ten seconds.
    Promise.all(tries).then((all) => process.stdout.write(all.join(""), () => process.exit()));
  `;

  expect((await lab().run("", node(ask))).stdout).toBe("");
});

test("connect reaches a port inside, and is refused while nothing listens", async () => {
  const port = network ? 3000 : await freePort();
  const quiet = await startNode("setTimeout(() => {}, 1e6)");
  await expect(quiet.connect(port)).rejects.toMatchObject({ code: "ECONNREFUSED" });

  const echo = await startNode(`
    require("node:net").createServer({ allowHalfOpen: true }, (s) => s.pipe(s)).listen(${port}, "0.0.0.0");
  `);
  await untilListening(echo, port);
  const socket = await echo.connect(port);
  const body = "x".repeat(3_000_000);
  socket.end(body);

  expect((await text(socket)).length).toBe(body.length);
});

test.runIf(network)("a server that speaks first is heard from its first byte on", async () => {
  const server = await startNode(`
    require("node:net").createServer((s) => s.on("error", () => {}).end("220 ready\\n")).listen(25, "0.0.0.0");
  `);
  await untilListening(server, 25);
  const answers = await Promise.all(Array.from({ length: 20 }, async () => text(await server.connect(25))));

  expect(answers).toEqual(Array.from({ length: 20 }, () => "220 ready\n"));
});

test.runIf(network)(
  "a reach to something that is not there ends the connection instead of hanging",
  async () => {
    const port = await freePort();
    const ask = `
    const s = require("node:net").connect(5432, "db");
    s.on("error", (e) => print(e.code)); s.on("close", () => print(" closed"));
  `;
    const { stdout } = await lab().run(
      "",
      node(ask, { reaches: [{ alias: "db", port: 5432, to: { kind: "address", host: "127.0.0.1", port } }] }),
    );

    expect(stdout).toMatch(/closed$/);
  },
);

test.runIf(network)(
  "a port of this machine's own address is refused unless the request names it",
  async () => {
    const own = machineAddress();
    if (own === undefined) return;
    const server = createTcpServer((socket) => socket.end("own"));
    await new Promise<void>((resolve) => server.listen(0, own, resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const ask = `
    const s = require("node:net").connect(${port}, "${own}");
    s.on("data", print); s.on("error", (e) => print(e.code));
  `;

    expect((await lab().run("", node(ask))).stdout).not.toBe("own");
    expect((await lab().run("", node(ask, { outbound: [{ host: own, port }] }))).stdout).toBe("own");
    expect((await lab().run("", node(ask))).stdout).toBe("ECONNRESET");
  },
);

test.runIf(network)(
  "names are resolved and HTTPS goes out, where this machine has a network",
  async (context) => {
    const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
    const reachable = await fetch(registry, { method: "HEAD", signal: AbortSignal.timeout(5_000) }).then(
      () => true,
      () => false,
    );
    context.skip(!reachable, `${registry} cannot be reached from this machine`);
    const env: Record<string, string> = { PATH: "/usr/bin:/bin" };
    const binds = [...WITH_NODE];
    const authority = process.env["NODE_EXTRA_CA_CERTS"];
    if (authority !== undefined) {
      env["NODE_EXTRA_CA_CERTS"] = "/opt/ca.pem";
      binds.push({ source: authority, target: "/opt/ca.pem" });
    }
    const ask = `fetch(${JSON.stringify(registry)}).then((r) => print(r.status), (e) => print(e.cause))`;

    expect((await lab().run("", node(ask, { env, binds }))).stdout).toBe("200");
  },
);

test.runIf(network)("a name that does not exist is answered and not waited for", async (context) => {
  context.skip(!(await nameServerAnswers()), "this machine has no name server that answers");
  const ask = `require("node:dns").resolve4("no-such-name.invalid", (e) => print(e.code))`;

  expect((await lab().run("", node(ask))).stdout).toMatch(/ENOTFOUND|ENODATA/);
});

test.runIf(network)("a sandbox sees its own server on localhost and by its host name", async () => {
  const script = `
    const server = require("node:http").createServer((q, r) => r.end("me")).listen(8080, "0.0.0.0", async () => {
      for (const host of ["127.0.0.1", "localhost", "web"]) print(await (await fetch("http://" + host + ":8080")).text());
      server.close(); server.closeAllConnections();
    });
  `;

  expect((await lab().run("", node(script, { hostname: "web" }))).stdout).toBe("mememe");
});

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An address of this machine that is not loopback. Connecting a UDP socket sends nothing. */
function machineAddress(): string | undefined {
  const output = execFileSync("hostname", ["-I"], { encoding: "utf8" });
  return output.split(/\s+/).find((address) => /^\d+\./.test(address));
}

async function nameServerAnswers(): Promise<boolean> {
  const { nameServer } = await import("../../../src/machine/sandbox/machine-network.ts");
  const server = nameServer();
  if (server === undefined) return false;
  const socket = createSocket(server.includes(":") ? "udp6" : "udp4");
  // One question for the root's name servers, by hand: DNS header with one question, empty name, type NS, class IN.
  const question = Buffer.from("abcd01000001000000000000000002000100".slice(0, 34), "hex");
  return new Promise((resolve) => {
    const done = (answered: boolean) => {
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => done(false), 3_000);
    socket.once("error", () => done(false));
    socket.once("message", () => {
      clearTimeout(timer);
      done(true);
    });
    socket.send(question, 53, server);
  });
}
