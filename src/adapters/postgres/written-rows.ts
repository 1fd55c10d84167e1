import type { Client } from "pg";
import type { WrittenRows } from "../../core/seed/types.ts";

/** Rows written so far by tables, as the session counts them itself; only differences mean anything. */
export type RowCounts = ReadonlyMap<string, Omit<WrittenRows, "table">>;

/**
 * What this session has written since it last told the server's statistics, up to this very statement. It never
 * shrinks within a transaction: what was undone in between still counts. Large objects count like a table.
 */
export async function countWritten(client: Client): Promise<RowCounts> {
  const { rows } = await client.query<{ table: string; inserted: string; updated: string; deleted: string }>(
    `select quote_ident(s.schemaname) || '.' || quote_ident(s.relname) as table,
            s.n_tup_ins as inserted, s.n_tup_upd as updated, s.n_tup_del as deleted
     from pg_catalog.pg_stat_xact_all_tables s
     where s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0
       and (s.schemaname !~ '^(pg_|information_schema$)' or s.relname = 'pg_largeobject')`,
  );
  return new Map(
    rows.map(({ table, inserted, updated, deleted }) => [
      table,
      { inserted: Number(inserted), updated: Number(updated), deleted: Number(deleted) },
    ]),
  );
}

/** What was written between two counts, sorted by table. */
export function writtenBetween(before: RowCounts, after: RowCounts): readonly WrittenRows[] {
  const none = { inserted: 0, updated: 0, deleted: 0 };
  return [...after]
    .map(([table, now]) => {
      const then = before.get(table) ?? none;
      return {
        table,
        inserted: now.inserted - then.inserted,
        updated: now.updated - then.updated,
        deleted: now.deleted - then.deleted,
      };
    })
    .filter(({ inserted, updated, deleted }) => inserted > 0 || updated > 0 || deleted > 0)
    .toSorted((one, other) => (one.table < other.table ? -1 : 1));
}
