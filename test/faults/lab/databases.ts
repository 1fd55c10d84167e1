import { createHash } from "node:crypto";
import { Client } from "pg";
import { ensureLedger } from "../../../src/adapters/postgres/ensure-ledger.ts";
import { Secret } from "../../../src/core/secret.ts";
import { migrationsOf } from "./app-versions.ts";
import { withDatabase } from "./database-url.ts";

/** One statement after the other on a connection of its own. */
export async function onDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A table that no migration knows, with rows: whatever happens, they stay as they are. */
const CANARY = `
  create table untouched (id int primary key, text text not null);
  insert into untouched select n, md5(n::text) from generate_series(1, 200) as n;
`;

/** Databases of a server that are copied for each cell: a ledger that is set up, an app's database with rows in it. */
export async function prepareTemplates(server: string): Promise<void> {
  await onDatabase(server, async (client) => {
    await client.query("create database ledger_template");
    await client.query("create database app_template");
  });
  await ensureLedger(
    new Secret("ledger-url", withDatabase(server, "ledger_template")),
    new AbortController().signal,
  );
  await onDatabase(withDatabase(server, "app_template"), (client) => client.query(CANARY));
}

/**
 * The schemas on the way, from none of the migrations to all of them, found by running their statements without the
 * product. Each migration is a transaction of its own, so each of these may be met, and nothing in between.
 */
export async function schemasOnTheWay(server: string): Promise<readonly string[]> {
  await onDatabase(server, (client) => client.query("create database app_full template app_template"));
  return onDatabase(withDatabase(server, "app_full"), async (client) => {
    const schemas = [await schemaOf(client)];
    for (const [file, text] of Object.entries(migrationsOf(2))) {
      if (!file.endsWith(".up.sql")) continue;
      await client.query(text);
      schemas.push(await schemaOf(client));
    }
    return schemas;
  });
}

export interface CellDatabases {
  readonly ledger: string;
  readonly app: string;
}

export async function copyTemplates(server: string, cell: string): Promise<CellDatabases> {
  await onDatabase(server, async (client) => {
    await client.query(`create database ledger_${cell} template ledger_template`);
    await client.query(`create database app_${cell} template app_template`);
  });
  return { ledger: withDatabase(server, `ledger_${cell}`), app: withDatabase(server, `app_${cell}`) };
}

export async function dropDatabases(server: string, cell: string): Promise<void> {
  await onDatabase(server, async (client) => {
    await client.query(`drop database if exists ledger_${cell} with (force)`);
    await client.query(`drop database if exists app_${cell} with (force)`);
  });
}

/** Hex SHA-256 of the app's tables and columns as the catalogs tell them. */
export async function schemaOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ line: string }>(
    `select concat_ws(' ', table_name, column_name, data_type, is_nullable) as line
     from information_schema.columns where table_schema = 'public' order by 1`,
  );
  return sha256(rows.map(({ line }) => line).join("\n"));
}

export async function untouchedRows(client: Client): Promise<string> {
  const { rows } = await client.query<{ sum: string }>(
    "select coalesce(md5(string_agg(id || text, ',' order by id)), 'empty') as sum from untouched",
  );
  return rows[0]?.sum ?? "gone";
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
