import { type AddressInfo, createServer } from "node:net";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { expect, onTestFinished, test } from "vitest";
import {
  type HostBase,
  type HostTools,
  hostBase,
  hostBaseByName,
} from "../../../src/machine/oci/host-base.ts";
import { hostImageRequest } from "../../../src/machine/oci/host-image-request.ts";
import { postgresBinaries } from "../../../src/machine/postgres/binaries.ts";
import { startSandbox } from "../../../src/machine/sandbox/start.ts";
import type { RunningSandbox } from "../../../src/machine/sandbox/types.ts";
import { aFolder } from "./a-folder.ts";
import { aRoot } from "./a-root.ts";

const major = Number(process.versions.node.split(".")[0]);

async function baseFor(image: string, tools: HostTools = {}): Promise<HostBase> {
  const request = hostImageRequest(image);
  const found = request === undefined ? undefined : await hostBase(request, tools);
  if (found === undefined || "problem" in found) throw new Error(JSON.stringify(found));
  return found.base;
}

async function start(
  base: HostBase,
  argv: readonly [string, ...string[]],
  options: { env?: Record<string, string>; uid?: number } = {},
): Promise<{ sandbox: RunningSandbox; said: () => string }> {
  const folder = await aFolder();
  for (const name of ["root", "upper"]) await mkdir(join(folder, name));
  await aRoot(join(folder, "root"), base);
  const fromImage = Object.fromEntries(
    (base.config.Env ?? []).map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
  const chunks: Buffer[] = [];
  const sandbox = await startSandbox({
    root: { layers: [join(folder, "root")], upper: join(folder, "upper") },
    binds: base.binds,
    argv,
    env: { ...fromImage, HOME: "/root", ...options.env },
    cwd: "/",
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    timeoutMs: 50_000,
    onOutput: (chunk) => chunks.push(chunk),
  });
  return { sandbox, said: () => Buffer.concat(chunks).toString() };
}

test("node, npm and npx run on the Node that runs Slipway, where the official image has them", async () => {
  const base = await baseFor(`node:${major}-alpine`);
  expect(base.name).toBe(`host:node@${process.versions.node}`);
  const script =
    "for p in node npm npx; do command -v $p; done; node -v; npm exec -c 'node -p process.execPath'; npm prefix -g";
  const { sandbox, said } = await start(base, ["sh", "-ec", script]);
  expect([await sandbox.exited, said()]).toEqual([
    expect.objectContaining({ exitCode: 0 }),
    `/usr/local/bin/node\n/usr/local/bin/npm\n/usr/local/bin/npx\nv${process.versions.node}\n/usr/local/bin/node\n/usr/local\n`,
  ]);
});

test("nothing private of this machine is in sight", async () => {
  const script =
    "for f in /etc/shadow /etc/ssl/private /etc/ssh /root/.ssh /root/.npmrc /home/*; do test -e $f && echo $f; done; ls /etc/ssl/certs | wc -l; touch /usr/bin/x 2>&1 || true";
  const { sandbox, said } = await start(await baseFor("node"), ["sh", "-c", script]);
  await sandbox.exited;
  expect(said()).toMatch(/^\/home\/node\n\d+\ntouch: .*Read-only file system\n$/);
});

test("postgres keeps the official image's contract", async () => {
  const binaries = postgresBinaries();
  const base = await baseFor(`postgres:${binaries.major}`, { postgres: binaries });
  const env = { POSTGRES_USER: "app", POSTGRES_PASSWORD: "it's \\ secret", POSTGRES_DB: 'di"ary' };
  const { sandbox, said } = await start(base, ["docker-entrypoint.sh", "postgres"], { env, uid: 999 });
  await expect
    .poll(said, { timeout: 40_000 })
    .toMatch(
      /ready to accept connections[\s\S]*ready to accept connections|listening on IPv4[\s\S]*ready to accept connections/,
    );
  const client = new Client({
    user: "app",
    password: env.POSTGRES_PASSWORD,
    database: env.POSTGRES_DB,
    host: "127.0.0.1",
    port: await portOf(sandbox, 5432),
  });
  await client.connect();
  const { rows } = await client.query("select current_user as who, current_database() as where");
  await client.end();
  await sandbox.stop(5000);
  expect(rows).toEqual([{ who: "app", where: 'di"ary' }]);
  expect(said()).not.toContain("secret");
});

test("another major is a problem that says what there is", async () => {
  const request = hostImageRequest("node:18-alpine");
  expect(request === undefined ? undefined : await hostBase(request)).toEqual({
    problem: {
      code: "HOST_NODE_MAJOR",
      at: "node:18-alpine",
      says: `it asks for Node 18, and this machine runs Node ${process.versions.node}`,
      hint: `use node:${major}, run Slipway on Node 18, or use Dagger Engine`,
    },
  });
  expect(
    await hostBaseByName("host:postgres@9.6", { postgres: { folder: "/nowhere", version: "18.4" } }),
  ).toMatchObject({
    problem: {
      code: "HOST_POSTGRES_MAJOR",
      says: "it asks for Postgres 9, and this machine has Postgres 18.4",
    },
  });
  expect(await hostBaseByName("host:postgres@18.4")).toMatchObject({
    problem: { code: "HOST_POSTGRES_MISSING" },
  });
  expect(await hostBaseByName("debian:12")).toMatchObject({ problem: { code: "HOST_BASE_UNKNOWN" } });
  expect(await hostBaseByName(`host:node@${major}.0.0`)).toMatchObject({
    base: { name: `host:node@${process.versions.node}` },
  });
});

/** A port of this machine that leads to one of the sandbox, as long as the test runs. */
async function portOf(sandbox: RunningSandbox, port: number): Promise<number> {
  const server = createServer((client) => {
    sandbox.connect(port).then(
      (inside) => client.pipe(inside).pipe(client),
      () => client.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
