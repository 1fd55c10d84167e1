import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SlipwayError } from "../../../src/core/errors.ts";
import { type PostgresServer, startPostgres } from "../../../src/machine/postgres/server.ts";

const run = promisify(execFile);

let home: string;
const servers: PostgresServer[] = [];
const parents: ChildProcess[] = [];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "slipway postgres "));
  await chmod(home, 0o711);
});
afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill("SIGKILL");
  await Promise.all(servers.splice(0).map((server) => server.remove()));
  await rm(home, { recursive: true, force: true });
});

async function start(options: Partial<Parameters<typeof startPostgres>[0]> = {}): Promise<PostgresServer> {
  const server = await startPostgres({
    folder: join(home, "server"),
    settings: { fsync: "off" },
    ...options,
  });
  servers.push(server);
  return server;
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function problemOf(promise: Promise<unknown>): Promise<{ code: string; says: string; at: string }> {
  const error = await promise.then(
    () => expect.fail("should not have started"),
    (error: unknown) => error,
  );
  if (!(error instanceof SlipwayError) || error.problems[0] === undefined) throw error;
  return error.problems[0];
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error("the stream ended without a line");
}

function canMount(): boolean {
  const probe = "mkdir -p /tmp && mount -t tmpfs -o size=4k slipway-probe /tmp";
  return process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "sh", "-c", probe]).status === 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("answers on loopback only, with its password and not without", async () => {
  const server = await start();

  expect(
    await ask(server.url, "select current_user, current_setting('listen_addresses') as listens"),
  ).toEqual([{ current_user: "postgres", listens: "127.0.0.1" }]);
  const wrong = new URL(server.url);
  wrong.password = "guess";
  await expect(ask(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
});

test("keeps the data over a restart and changes the password", async () => {
  const first = await start();
  await ask(first.url, "create table kept as select 7 as number");
  await first.stop();

  const second = await start();

  expect(await ask(second.url, "select number from kept")).toEqual([{ number: 7 }]);
  expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
});

test("leaves no password in its folder or in its arguments", async () => {
  const server = await start({ settings: { fsync: "off", log_statement: "all" } });
  const { password } = new URL(server.url);

  const files = await readdir(home, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), "latin1")),
  );
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.filter((text) => text.includes(password))).toEqual([]);
  const shown = await run("ps", ["-o", "args=", "-p", String(server.pid)]);
  expect(shown.stdout).toContain("listen_addresses");
  expect(shown.stdout).not.toContain(password);
});

test.runIf(process.getuid?.() === 0)("runs as an ordinary user when we are root", async () => {
  const server = await start();

  expect((await stat(`/proc/${server.pid}`)).uid).not.toBe(0);
});

describe.runIf(process.getuid?.() === 0)("in a folder that only root can enter", () => {
  let folder: string;
  beforeEach(async () => {
    await mkdir(join(home, "closed"), { mode: 0o700 });
    folder = join(home, "closed", "server");
  });
  const dataOf = async (server: PostgresServer) => {
    const [row] = await ask(server.url, "select current_setting('data_directory') as data");
    return String(Object(row).data);
  };

  test("keeps its data elsewhere while it runs, and in the folder afterwards", async () => {
    const first = await start({ folder });
    const elsewhere = await dataOf(first);
    await ask(first.url, "create table kept as select 7 as number");
    expect(await problemOf(start({ folder }))).toMatchObject({ code: "POSTGRES_FOLDER_IN_USE" });
    expect(await ask(first.url, "select number from kept")).toEqual([{ number: 7 }]);
    await first.stop();

    expect(elsewhere).not.toContain(home);
    await expect(stat(elsewhere)).rejects.toMatchObject({ code: "ENOENT" });
    const second = await start({ folder });
    expect(await ask(second.url, "select number from kept")).toEqual([{ number: 7 }]);
  });

  test("removes all of it", async () => {
    const server = await start({ folder });
    const elsewhere = await dataOf(server);

    await server.remove();

    await expect(stat(elsewhere)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("leaves nothing when somebody deletes the folder of a running server", async () => {
    const server = await start({ folder });
    const elsewhere = await dataOf(server);
    await rm(folder, { recursive: true });

    await server.stop();

    await expect(stat(elsewhere)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

test("says which port is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  const problem = await problemOf(start({ port })).finally(() => other.close());

  expect(problem).toMatchObject({ code: "POSTGRES_PORT_TAKEN", says: `port ${port} of 127.0.0.1 is taken` });
});

test("listens on the port it was given", async () => {
  const first = await start();
  await first.stop();

  const second = await start({ port: first.port });

  expect(second.port).toBe(first.port);
  expect(await ask(second.url, "select inet_server_port() as port")).toEqual([{ port: first.port }]);
});

test("refuses a folder that another server uses", async () => {
  await start();

  expect(await problemOf(start())).toMatchObject({ code: "POSTGRES_FOLDER_IN_USE" });
});

test("shows the end of the log when the data is broken", async () => {
  const server = await start();
  await server.stop();
  await writeFile(join(home, "server", "data", "global", "pg_control"), "nonsense");

  const problem = await problemOf(start());

  expect(problem.code).toBe("POSTGRES_DATA_BROKEN");
  expect(problem.says).toContain("pg_control");
});

test.runIf(canMount())("says that the disk is full", async () => {
  const disk = join(home, "disk");
  await mkdir(disk);
  await run("mount", ["-t", "tmpfs", "-o", "size=16m,mode=711", "slipway-test", disk]);
  try {
    const problem = await problemOf(start({ folder: join(disk, "server") }));

    expect(problem.code).toBe("POSTGRES_DISK_FULL");
    expect(problem.says).toMatch(/^the disk is full \(\d+ MB free\); the server said:\n/);
  } finally {
    await run("umount", [disk]);
  }
});

test("shows the end of the log when a setting is wrong", async () => {
  const problem = await problemOf(start({ settings: { shared_buffers: "a lot" } }));

  expect(problem.says).toContain("shared_buffers");
});

test("ends when the signal is aborted", async () => {
  const controller = new AbortController();
  const server = await start({ signal: controller.signal });

  controller.abort();
  await server.stop();

  expect(isAlive(server.pid)).toBe(false);
});

test("stops with clients connected", async () => {
  const server = await start();
  const client = new Client({ connectionString: server.url });
  const errors: unknown[] = [];
  client.on("error", (error) => errors.push(error));
  await client.connect();

  await server.stop();

  expect(isAlive(server.pid)).toBe(false);
  await vi.waitFor(() => expect(errors[0]).toMatchObject({ code: "57P01" }));
});

test.each(["SIGKILL", "SIGTERM"] as const)("dies with its parent after %s", async (signal) => {
  const module = fileURLToPath(new URL("../../../src/machine/postgres/server.ts", import.meta.url));
  const program = `
    const { startPostgres } = await import(${JSON.stringify(module)});
    const server = await startPostgres({ folder: process.argv[1] });
    console.log(server.pid);
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", program, join(home, "server")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  parents.push(parent);
  const pid = Number(await firstLine(parent.stdout));
  expect(isAlive(pid)).toBe(true);

  parent.kill(signal);

  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 15_000, interval: 50 });
});
