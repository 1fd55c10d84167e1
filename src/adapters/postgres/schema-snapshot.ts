import type { Client } from "pg";
import type { SchemaSnapshot } from "../../core/schema/types.ts";
import { SCHEMA_QUERIES } from "./schema-queries.ts";

/** Reads the catalogs at one instant. Slipway's own schemas and the members of extensions are left out. */
export async function readSchema(client: Client): Promise<SchemaSnapshot> {
  await client.query("begin isolation level repeatable read read only");
  try {
    return await readSchemaWithin(client);
  } finally {
    await client.query("rollback");
  }
}

/** The same inside a transaction that is open; it leaves the search path of that transaction changed. */
export async function readSchemaWithin(client: Client): Promise<SchemaSnapshot> {
  // Definitions come out with every name qualified, whatever the role's own search path is.
  await client.query("set local search_path = pg_catalog");
  const sections: [string, readonly Record<string, unknown>[]][] = [];
  for (const [section, query] of Object.entries(SCHEMA_QUERIES)) {
    const { rows } = await client.query<Record<string, unknown>>(query);
    sections.push([section, rows]);
  }
  return Object.fromEntries(sections);
}
