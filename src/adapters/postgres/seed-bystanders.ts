import type { Client } from "pg";
import { SlipwayError } from "../../core/errors.ts";
import { compareSchemas, describeChange } from "../../core/schema/compare-schemas.ts";
import type { SchemaSnapshot } from "../../core/schema/types.ts";
import { readSchemaWithin } from "./schema-snapshot.ts";

/** What seeds must leave alone, whatever their functions do: the schema, and the files that hold the tables' rows. */
export interface Bystanders {
  readonly schema: SchemaSnapshot;
  /** Table → the file that holds its rows; TRUNCATE gives it a new one, and counts no row. */
  readonly storage: ReadonlyMap<string, string>;
}

/** Reads them inside the transaction that is open. */
export async function readBystanders(client: Client): Promise<Bystanders> {
  const schema = await readSchemaWithin(client);
  await client.query("reset search_path");
  const { rows } = await client.query<{ table: string; file: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as table, c.relfilenode::text as file
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^(pg_|information_schema$)'`,
  );
  return { schema, storage: new Map(rows.map(({ table, file }) => [table, file])) };
}

/** Throws `SEED_CHANGES_SCHEMA` or `SEED_EMPTIES_TABLE` when they are not what they were. */
export function demandSame(before: Bystanders, after: Bystanders): void {
  const changes = compareSchemas(before.schema, after.schema);
  const [first] = changes;
  if (first !== undefined) {
    throw new SlipwayError(
      {
        code: "SEED_CHANGES_SCHEMA",
        at: "seeds",
        says: `change the schema in ${changes.length} ${changes.length === 1 ? "place" : "places"}: ${describeChange(first)}`,
        hint: "put what changes it into a migration",
      },
      "verifyFailed",
    );
  }
  const emptied = [...before.storage].find(([table, file]) => after.storage.get(table) !== file);
  if (emptied === undefined) return;
  throw new SlipwayError(
    {
      code: "SEED_EMPTIES_TABLE",
      at: "seeds",
      says: `empty ${emptied[0]} as TRUNCATE does, whose rows nobody counts`,
      hint: "delete the rows that must not be there, by name",
    },
    "verifyFailed",
  );
}
