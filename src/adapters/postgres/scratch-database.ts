import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { Secret } from "../../core/secret.ts";
import { connect, type Connected } from "./connect.ts";

export interface ScratchDatabase {
  /** Session of the role that migrates: it owns the database, and row-level security holds for it. */
  readonly worker: Connected;
  /** Name of that role. */
  readonly owner: string;
  /** Session that may read everything. */
  readonly observer: Client;
  /** For further sessions of that role, and of whoever made the database. */
  readonly ownerUrl: Secret;
  readonly adminUrl: Secret;
}

export interface OpenedScratch {
  readonly scratch: ScratchDatabase;
  /** Drops the database and its roles. */
  readonly drop: () => Promise<void>;
}

const TIMEOUT_MS = 600_000;

/** A database as `openScratchDatabase` makes it, while `body` runs. */
export async function withScratchDatabase<T>(
  server: Secret,
  body: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { scratch, drop } = await openScratchDatabase(server);
  try {
    return await body(scratch);
  } finally {
    await drop();
  }
}

/**
 * Makes a database on the server, with a role of its own that is no superuser where that is possible, because a superuser
 * passes row-level security and hides a backfill that finds nothing.
 */
export async function openScratchDatabase(server: Secret): Promise<OpenedScratch> {
  const admin = await open(server, "slipway rehearsal, set-up");
  const name = `slipway_rehearsal_${randomBytes(6).toString("hex")}`;
  const password = randomBytes(24).toString("base64url");
  const isSuper =
    (
      await admin.client.query<{ is: boolean }>(
        "select rolsuper as is from pg_roles where rolname = current_user",
      )
    ).rows[0]?.is === true;
  const opened: Connected[] = [];
  const drop = async (): Promise<void> => {
    for (const { client } of opened) await client.end().catch(() => undefined);
    await admin.client.query(`drop database if exists ${name} with (force)`);
    if (isSuper) await dropRoles(admin.client, name);
    await admin.client.end();
  };
  try {
    if (isSuper) {
      await admin.client.query(`create role ${name} login createrole password '${password}'`);
    }
    await admin.client.query(`create database ${name}${isSuper ? ` owner ${name}` : ""}`);
    const adminUrl = urlOf(server, name);
    const observer = await open(adminUrl, "slipway rehearsal, looks");
    opened.push(observer);
    if (isSuper) await observer.client.query(`alter schema public owner to ${name}`);
    const ownerUrl = isSuper ? urlOf(server, name, { user: name, password }) : adminUrl;
    const worker = await open(ownerUrl, "slipway rehearsal");
    opened.push(worker);
    const owner = isSuper ? name : await userOf(worker.client);
    return { scratch: { worker, owner, observer: observer.client, ownerUrl, adminUrl }, drop };
  } catch (error) {
    await drop();
    throw error;
  }
}

/** The role that migrated, and the roles that its migrations made. */
async function dropRoles(admin: Client, name: string): Promise<void> {
  const { rows } = await admin.query<{ role: string }>(
    `select quote_ident(r.rolname) as role from pg_auth_members m
     join pg_roles r on r.oid = m.roleid join pg_roles o on o.oid = m.member
     where o.rolname = $1 and m.admin_option`,
    [name],
  );
  for (const { role } of rows) await admin.query(`drop role if exists ${role}`).catch(() => undefined);
  await admin.query(`drop role if exists ${name}`).catch(() => undefined);
}

async function userOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>("select current_user as name");
  return rows[0]?.name ?? "";
}

function open(url: Secret, applicationName: string): Promise<Connected> {
  return connect(url, {
    use: "DATABASE",
    applicationName,
    statementTimeoutMs: TIMEOUT_MS,
    lockTimeoutMs: TIMEOUT_MS,
    settings: applicationName === "slipway rehearsal" ? { row_security: "off" } : {},
  });
}

function urlOf(server: Secret, database: string, as?: { user: string; password: string }): Secret {
  const url = new URL(server.reveal());
  url.pathname = `/${database}`;
  if (as !== undefined) {
    url.username = as.user;
    url.password = as.password;
  }
  return new Secret("rehearsal-url", url.href);
}
