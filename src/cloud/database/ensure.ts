import { Client } from "pg";

/** Runs `work` on a connection that is closed afterwards. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A role that may log in and nothing more: no superuser, no BYPASSRLS, makes no databases and no roles. */
export async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query("select from pg_roles where rolname = $1", [role]);
  const name = client.escapeIdentifier(role);
  if (rowCount === 0) await client.query(`create role ${name}`);
  const rights = "login nosuperuser nobypassrls nocreatedb nocreaterole noreplication";
  await client.query(`alter role ${name} ${rights} password ${client.escapeLiteral(password)}`);
}

/** A database of that owner, which nobody else may enter unless they are let in. */
export async function ensureDatabase(
  client: Client,
  database: string,
  owner: string,
  visitors: readonly string[],
): Promise<void> {
  const { rowCount } = await client.query("select from pg_database where datname = $1", [database]);
  const name = client.escapeIdentifier(database);
  if (rowCount === 0) await client.query(`create database ${name} owner ${client.escapeIdentifier(owner)}`);
  await client.query(`revoke all on database ${name} from public`);
  for (const visitor of visitors) {
    await client.query(`grant connect on database ${name} to ${client.escapeIdentifier(visitor)}`);
  }
}
