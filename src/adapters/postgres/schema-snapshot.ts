import type { Client } from "pg";
import { SCHEMA_QUERIES } from "./schema-queries.ts";

/** A schema as the catalogs describe it: section → rows in a fixed order, names and definitions only, no OIDs. */
export type SchemaSnapshot = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** Reads the catalogs at one instant. Slipway's own schemas and the members of extensions are left out. */
export async function readSchema(client: Client): Promise<SchemaSnapshot> {
  await client.query("begin isolation level repeatable read read only");
  try {
    // Definitions come out with every name qualified, whatever the role's own search path is.
    await client.query("set local search_path = pg_catalog");
    const sections: [string, readonly Record<string, unknown>[]][] = [];
    for (const [section, query] of Object.entries(SCHEMA_QUERIES)) {
      const { rows } = await client.query<Record<string, unknown>>(query);
      sections.push([section, rows]);
    }
    return Object.fromEntries(sections);
  } finally {
    await client.query("rollback");
  }
}
