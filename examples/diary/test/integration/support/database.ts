import { randomBytes } from "node:crypto";
import { after } from "node:test";
import { Client, Pool } from "pg";
import { migrate } from "./migrate.ts";

/** A database of its own for one test file, with the roles that every environment has. */
export interface TestDatabase {
  /** As the role that owns the tables and runs the migrations. */
  readonly owner: Client;
  /** Connection URL of the role that the service uses. */
  readonly appUrl: string;
  /** A client with the service's rights; closed with the database. */
  app(): Promise<Client>;
  /** The same as a pool of one connection, so that callers follow one another on it. */
  readonly pool: Pool;
}

// Roles belong to the server, so test files that run side by side share them. The server is there for tests alone.
const PASSWORD = "only-for-tests";
const ROLES = ["diary_owner", "diary_app"];

/** Makes the database, empty or migrated, and removes it after the tests of the file. */
export async function testDatabase(state: "empty" | "migrated"): Promise<TestDatabase> {
  const admin = await connected(adminUrl());
  await createRoles(admin);
  const name = `diary_test_${randomBytes(6).toString("hex")}`;
  await admin.query(`create database ${name} owner diary_owner`);
  const clients: Client[] = [];
  const connect = async (role: string): Promise<Client> => {
    const client = await connected(urlOf(name, role));
    clients.push(client);
    return client;
  };
  const pool = new Pool({ connectionString: urlOf(name, "diary_app"), max: 1 });
  // The pool ends before its connection is closed; dropping the database then cuts it off, and nobody minds.
  pool.on("connect", (client) => client.on("error", () => {}));
  after(async () => {
    await pool.end();
    await Promise.all(clients.map((client) => client.end()));
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });

  const owner = await connect("diary_owner");
  if (state === "migrated") await migrate(owner, "up");
  return { owner, appUrl: urlOf(name, "diary_app"), app: () => connect("diary_app"), pool };
}

async function createRoles(admin: Client): Promise<void> {
  await admin.query("begin");
  await admin.query("select pg_advisory_xact_lock(hashtext('diary test roles'))");
  for (const role of ROLES) {
    const there = await admin.query("select from pg_roles where rolname = $1", [role]);
    if (there.rowCount === 0) await admin.query(`create role ${role} login password '${PASSWORD}'`);
  }
  await admin.query("commit");
}

function adminUrl(): string {
  const url = process.env["DATABASE_URL"] ?? "";
  if (url === "") throw new Error("set DATABASE_URL to a superuser of a Postgres that is there for tests");
  return url;
}

function urlOf(database: string, role: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  url.username = role;
  url.password = PASSWORD;
  return url.href;
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  return client;
}
