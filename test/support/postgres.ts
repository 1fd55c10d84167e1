import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgreSqlContainer } from "@testcontainers/postgresql";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, inject } from "vitest";
import { startPostgres } from "../../src/machine/postgres/server.ts";
import { postgresImage } from "./which-postgres.ts";

/** The database of the running test. */
export interface TestDatabase {
  /** Connection URL of the superuser; empty database, new for each test. */
  readonly url: string;
  /** The same database as another role. */
  urlAs(role: string, password: string): string;
  /** A connected client that is closed after the test. */
  connect(url?: string): Promise<Client>;
}

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Call at the top of a test file or a describe: one server for it, and an own database for each of its tests. */
export function useDatabase(): TestDatabase {
  let server: TestServer | undefined;
  let url = "";
  const clients: Client[] = [];

  beforeAll(async () => {
    server = await (inject("postgresSource") === "containers" ? inContainer() : fromBinaries());
  }, 120_000);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    if (server === undefined) throw new Error("the test server did not start");
    const name = `test_${randomBytes(6).toString("hex")}`;
    await administer(server.url, `create database ${name}`);
    url = withParts(server.url, { database: name });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.end()));
    if (server === undefined || url === "") return;
    await administer(server.url, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
  });

  return {
    get url() {
      return url;
    },
    urlAs: (role, password) => withParts(url, { role, password }),
    connect: async (target = url) => {
      const client = new Client({ connectionString: target });
      // A test may end the connection from the other side; then nobody waits for this client.
      client.on("error", () => undefined);
      await client.connect();
      clients.push(client);
      return client;
    },
  };
}

async function inContainer(): Promise<TestServer> {
  // The superuser's name and the first database are the same as with the binaries, whoever brings the server.
  const container = await new PostgreSqlContainer(postgresImage())
    .withUsername("postgres")
    .withDatabase("postgres")
    .withCommand(["postgres", "-c", "fsync=off"])
    .start();
  return { url: onLoopback(container.getConnectionUri()), stop: async () => void (await container.stop()) };
}

/** By its number, as the binaries are addressed: errors name the address, and tests compare errors. */
function onLoopback(text: string): string {
  const url = new URL(text);
  if (url.hostname === "localhost") url.hostname = "127.0.0.1";
  return url.href;
}

async function fromBinaries(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-test-postgres-"));
  const server = await startPostgres({ folder, settings: { fsync: "off" } });
  return { url: server.url, stop: () => server.remove() };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withParts(text: string, parts: { database?: string; role?: string; password?: string }): string {
  const url = new URL(text);
  if (parts.database !== undefined) url.pathname = `/${parts.database}`;
  if (parts.role !== undefined) url.username = parts.role;
  if (parts.password !== undefined) url.password = parts.password;
  return url.href;
}
