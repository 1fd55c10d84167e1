import type { Client } from "pg";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import { keepsOutside } from "../../core/migration/header.ts";
import type { MigrationText } from "../../core/migration/types.ts";

/** Qualified, quoted table → its rows; `undefined`: there is no such table any more. */
export type KeptRows = ReadonlyMap<string, string | undefined>;

/**
 * Counts the rows of the tables that a file says it keeps. Until the transaction ends nobody else can write to them:
 * only so is a difference the migration's own, and a row that comes meanwhile cannot be lost by a copy of the table.
 */
export async function countKept(client: Client, { file, header }: MigrationText): Promise<KeptRows> {
  const written = header.keepsRows;
  if (written.length === 0) return new Map();
  if (!header.inTransaction) throw new SlipwayError(keepsOutside(file), "verifyFailed");
  const { rows } = await client.query<{ written: string; table: string | null; hidden: boolean | null }>(
    `select w.written, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as table,
            row_security_active(c.oid) as hidden
     from unnest($1::text[]) w (written)
     left join (pg_class c join pg_namespace n on n.oid = c.relnamespace)
            on c.oid = to_regclass(w.written) and c.relkind in ('r', 'p')
     order by c.oid`,
    [written],
  );
  const tables = rows.map(({ written: name, table, hidden }) => {
    if (table === null) throw new SlipwayError(noTable(file, name), "verifyFailed");
    if (hidden === true) throw new SlipwayError(hiddenRows(file, name), "verifyFailed");
    return table;
  });
  await client.query(`lock table ${tables.join(", ")} in share row exclusive mode`);
  return countRows(client, tables);
}

/** Throws `MIGRATION_ROWS_NOT_KEPT` when one of them has other than as many rows as before. */
export async function checkKept(client: Client, { file }: MigrationText, before: KeptRows): Promise<void> {
  if (before.size === 0) return;
  // The migration may have taken another role, or let row-level security hide rows; what waits for its end counts too.
  await client.query(
    "reset session authorization; reset role; set local row_security = off; set constraints all immediate",
  );
  const { rows } = await client.query<{ table: string }>(
    "select w.name as table from unnest($1::text[]) w (name) where pg_catalog.to_regclass(w.name) is not null",
    [[...before.keys()]],
  );
  const after = await countRows(
    client,
    rows.map(({ table }) => table),
  );
  const changed = [...before].flatMap(([table, count]) => {
    const now = after.get(table);
    if (now === count) return [];
    return [
      now === undefined
        ? `${table} had ${count} rows and is gone`
        : `${table} had ${count} rows and has ${now}`,
    ];
  });
  if (changed.length === 0) return;
  throw new SlipwayError(
    {
      code: "MIGRATION_ROWS_NOT_KEPT",
      at: file,
      says: `${changed.join("; ")}, and the file says that it keeps them`,
      hint: "find out why before anything else; the migration was undone",
    },
    "verifyFailed",
  );
}

async function countRows(client: Client, tables: readonly string[]): Promise<KeptRows> {
  if (tables.length === 0) return new Map();
  const counts = tables.map((table) => `(select pg_catalog.count(*) from ${table})::text`);
  const { rows } = await client.query<{ counts: readonly string[] }>(
    `select array[${counts.join(", ")}] as counts`,
  );
  return new Map(tables.map((table, at) => [table, rows[0]?.counts[at]]));
}

function hiddenRows(file: string, name: string): Problem {
  return {
    code: "MIGRATION_KEEPS_HIDDEN",
    at: file,
    says: `says that it keeps the rows of ${name}, and row-level security hides rows of it from the role that migrates`,
    hint: "migrate as a role with BYPASSRLS, or leave keeps-rows out and say expect-rows",
  };
}

function noTable(file: string, name: string): Problem {
  return {
    code: "MIGRATION_KEEPS_NO_TABLE",
    at: file,
    says: `says that it keeps the rows of ${name}, and there is no such table`,
    hint: "name tables that are there before it runs, each with its schema",
  };
}
