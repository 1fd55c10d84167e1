import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import type { TableStatistics } from "../../core/lint/types.ts";
import { STATISTICS_FILE } from "./migration-folder.ts";

/** How large each table is, as the server last counted. Partitioned tables have the sum of their parts. */
export async function readStatistics(client: Client): Promise<Readonly<Record<string, TableStatistics>>> {
  const { rows } = await client.query<{ name: string; rows: string; bytes: string }>(
    `select n.nspname || '.' || c.relname as name,
            (select coalesce(sum(greatest(p.reltuples, 0)), 0)::bigint::text from pg_class p
             where p.oid in (select relid from pg_partition_tree(c.oid) union select c.oid)) as rows,
            (select coalesce(sum(pg_total_relation_size(relid)), 0)::bigint::text
             from (select relid from pg_partition_tree(c.oid) union select c.oid) p (relid)) as bytes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname not in
       ('information_schema', 'slipway_migrations', 'slipway_ledger')
     order by n.nspname collate "C", c.relname collate "C"`,
  );
  return Object.fromEntries(
    rows.map(({ name, rows: count, bytes }) => [name, { rows: Number(count), bytes: Number(bytes) }]),
  );
}

/** Keeps them beside the migrations, where lint weighs by them. */
export async function writeStatistics(
  folder: string,
  tables: Readonly<Record<string, TableStatistics>>,
): Promise<void> {
  await writeFile(join(folder, STATISTICS_FILE), `${JSON.stringify({ tables }, null, 2)}\n`);
}
