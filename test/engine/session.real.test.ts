import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@dagger.io/dagger";
import { afterAll, describe, expect, test } from "vitest";
import { startEngine } from "../../src/engine/start.ts";
import { failureOf, js, pipeline, scratch, SDKS } from "./pipeline.ts";

const folder = await scratch();
afterAll(async () => await folder[Symbol.asyncDispose]());

async function ask(port: number, token: string, query: string, signal?: AbortSignal): Promise<Response> {
  return await fetch(`http://127.0.0.1:${port}/query`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${token}:`).toString("base64")}` },
    body: JSON.stringify({ query }),
    signal: signal ?? null,
  });
}

/** A sleep that nothing else on this machine runs, so that it can be found. */
function hanging(): { argv: string[]; seconds: string } {
  const seconds = `${100_000 + Math.floor(Math.random() * 800_000)}.5`;
  return { argv: ["sh", "-c", `sleep ${seconds} & sleep ${seconds}`], seconds };
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function processesWith(word: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.split("\0").includes(word)) found.push(pid);
  }
  return found;
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(20)) {
    if (await condition()) return;
  }
  throw new Error(`it did not happen: ${what}`);
}

describe.each(SDKS)("a session, through $name", (sdk) => {
  const run = async (body: Parameters<typeof pipeline>[2]) =>
    await pipeline(sdk, { cacheFolder: join(folder.path, sdk.name) }, body);

  test("says which field or argument the embedded engine lacks", async () => {
    await run(async ({ dag, node }) => {
      const lacks = async (promise: Promise<unknown>) => (await failureOf(promise)).message;

      expect(await lacks(node.terminal().stdout())).toBe(
        "Container.terminal is not part of the embedded engine; Dagger Engine has it",
      );
      expect(await lacks(node.withExec(["true"], { insecureRootCapabilities: true }).stdout())).toBe(
        "Container.withExec(insecureRootCapabilities:) is not part of the embedded engine; Dagger Engine has it",
      );
      expect(await lacks(dag.git("https://example.com/x.git").branch("main").tree().entries())).toBe(
        "Query.git is not part of the embedded engine; Dagger Engine has it",
      );
    });
  });

  test("gives objects back by their IDs", async () => {
    await run(async ({ dag, node }) => {
      const variables = await node.withEnvVariable("A", "1").withLabel("l", "v").envVariables();
      const pairs = await Promise.all(variables.map(async (one) => [await one.name(), await one.value()]));
      expect(pairs).toContainEqual(["A", "1"]);
      expect(pairs).toContainEqual(["NODE_VERSION", process.versions.node]);

      const [label] = await node.withLabel("l", "v").labels();
      expect([await label?.name(), await label?.value()]).toEqual(["l", "v"]);
      const [port] = await node.withExposedPort(80, { description: "web" }).exposedPorts();
      expect([await port?.port(), await port?.protocol(), await port?.description()]).toEqual([
        80,
        "TCP",
        "web",
      ]);

      const synced = await node.withNewFile("/x", "content").sync();
      expect(await synced.file("/x").contents()).toBe("content");
      expect(await dag.directory().withNewFile("a", "1").id()).toBe(
        await dag.directory().withNewFile("a", "1").id(),
      );
    });
  });

  test("says what is wrong with an image", async () => {
    await run(async ({ dag }) => {
      const message = async (name: string) => (await failureOf(dag.container().from(name).sync())).message;

      expect(await message("node:18")).toMatch(
        /^image node:18: it asks for Node 18, and this machine runs Node 2\d/,
      );
      const closed = `127.0.0.1:${await closedPort()}/none:1`;
      expect(await message(closed)).toMatch(
        new RegExp(`^image ${closed} could not be pulled: .*ECONNREFUSED.*node:\\* or postgres:\\*`, "s"),
      );
      expect(await message("Not An Image")).toBe('"Not An Image" is not an image name');
    });
  });
});

test("a wrong token is refused, and so is everything but POST /query", async () => {
  const engine = await startEngine({ cacheFolder: join(folder.path, "token") });
  try {
    expect((await ask(engine.port, "guess", "{ version }")).status).toBe(401);
    expect((await fetch(`http://127.0.0.1:${engine.port}/query`)).status).toBe(401);
    expect(await (await ask(engine.port, engine.token, "{ version }")).json()).toEqual({
      data: { version: "v0.21.9" },
    });
    expect(await (await ask(engine.port, engine.token, "{ version")).json()).toEqual({
      errors: [
        { message: "Syntax Error: Expected Name, found <EOF>.", locations: [{ line: 1, column: 10 }] },
      ],
    });
  } finally {
    await engine.close();
  }
});

test("IDs of other sessions and of other types are refused", async () => {
  const engine = await startEngine({ cacheFolder: join(folder.path, "ids") });
  const message = async (query: string) =>
    ((await (await ask(engine.port, engine.token, query)).json()) as { errors: [{ message: string }] })
      .errors[0].message;
  try {
    expect(await message('{ node(id: "Container:other") { id } }')).toBe(
      'id: this session made no object with the ID "Container:other" (IDs are valid in the session that answered them)',
    );
    const answer = (await (await ask(engine.port, engine.token, "{ directory { id } }")).json()) as {
      data: { directory: { id: string } };
    };
    expect(
      await message(`{ container { withFile(path: "/x", source: "${answer.data.directory.id}") { id } } }`),
    ).toBe("id: expected a File, got the ID of a Directory (pass a File)");
  } finally {
    await engine.close();
  }
});

describe("a hanging exec is killed with its whole tree", () => {
  const query = (argv: readonly string[]) =>
    `{ container { from(address: "node:24") { withExec(args: ${JSON.stringify(argv)}) { stdout } } } }`;

  test("when the session closes", async () => {
    const { argv, seconds } = hanging();
    const engine = await startEngine({ cacheFolder: join(folder.path, "close") });
    const answer = ask(engine.port, engine.token, query(argv)).catch(() => "gone");
    await until("the exec runs", async () => (await processesWith(seconds)).length >= 2);
    await engine.close();

    expect(await processesWith(seconds)).toEqual([]);
    await answer;
    expect(await readdir(join(folder.path, "close", "tmp"))).toEqual([]);
  });

  test("when the only client that waits for it goes away, and not before", async () => {
    const { argv, seconds } = hanging();
    const engine = await startEngine({ cacheFolder: join(folder.path, "abort") });
    try {
      const [first, second] = [new AbortController(), new AbortController()];
      const answers = [first, second].map(
        async ({ signal }) => await ask(engine.port, engine.token, query(argv), signal).catch(() => "gone"),
      );
      await until("the exec runs", async () => (await processesWith(seconds)).length >= 2);
      first.abort();
      await answers[0];
      // A request behind the abort on the same engine has been answered: the abort has been seen by then.
      await ask(engine.port, engine.token, "{ version }");
      expect((await processesWith(seconds)).length).toBeGreaterThanOrEqual(2);

      second.abort();
      await answers[1];
      await until("the exec is gone", async () => (await processesWith(seconds)).length === 0);
    } finally {
      await engine.close();
    }
  });

  test.each(["SIGTERM", "SIGINT", "SIGKILL"] as const)(
    "when %s ends the process that holds the engine",
    async (signal) => {
      const { argv, seconds } = hanging();
      const cacheFolder = join(folder.path, signal);
      const holder = spawn(process.execPath, [
        join(import.meta.dirname, "fixtures", "hang.ts"),
        cacheFolder,
        ...argv,
      ]);
      const ended = new Promise((done) => holder.once("exit", done));
      await until("the exec runs", async () => (await processesWith(seconds)).length >= 2);
      const mounted = await namespacesOf(holder);
      holder.kill(signal);
      await ended;

      await until("the exec is gone", async () => (await processesWith(seconds)).length === 0);
      await until("its namespaces are gone", async () => !(await inUse(mounted)));
      await (await startEngine({ cacheFolder })).close();
      expect(await readdir(join(cacheFolder, "tmp"))).toEqual([]);
      expect(await readdir(join(cacheFolder, "claims"))).toEqual([]);
      expect((await readdir("/dev/shm")).filter((name) => name.includes(`-${holder.pid}-`))).toEqual([]);
    },
  );

  /** The mount namespaces of everything the process has started. */
  async function namespacesOf(holder: ChildProcess): Promise<Set<string>> {
    const own = await readlink("/proc/self/ns/mnt");
    const found = new Set<string>();
    for (const pid of await readdir("/proc")) {
      const children = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      if (!children.includes(`PPid:\t${holder.pid}\n`)) continue;
      const namespace = await readlink(`/proc/${pid}/ns/mnt`).catch(() => own);
      if (namespace !== own) found.add(namespace);
    }
    return found;
  }

  async function inUse(namespaces: Set<string>): Promise<boolean> {
    for (const pid of await readdir("/proc")) {
      if (namespaces.has(await readlink(`/proc/${pid}/ns/mnt`).catch(() => ""))) return true;
    }
    return false;
  }
});

test("an exec that writes without end is stopped before it fills the memory", async () => {
  await pipeline({ connect }, { cacheFolder: join(folder.path, "endless") }, async ({ node }) => {
    const endless = js("const block = 'x'.repeat(1 << 20); for (;;) require('fs').writeSync(1, block)");

    expect((await failureOf(node.withExec(endless).sync())).message).toBe(
      "the exec wrote more than 134217728 bytes",
    );
  });
});
