import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import type { DataFacts } from "../../core/data-check/data-report.ts";
import { codeOf } from "./connect-problem.ts";

const OWN = `n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'slipway_migrations', 'slipway_ledger')`;

/** Looks for what a migration should not leave behind, and asks the app's own assertions. Changes nothing. */
export async function checkData(client: Client, assertionsFolder: string): Promise<DataFacts> {
  const invalid = await client.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where not i.indisvalid and ${OWN} order by 1`,
  );
  const unvalidated = await client.query<{ table: string; constraint: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(t.relname) as table, quote_ident(c.conname) as constraint
     from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
     where not c.convalidated and ${OWN} order by 1, 2`,
  );
  const unread: string[] = [];
  return {
    invalidIndexes: invalid.rows.map(({ name }) => name),
    unvalidated: unvalidated.rows,
    behind: await sequencesBehind(client, unread),
    assertions: await askAssertions(client, assertionsFolder),
    unread,
  };
}

async function sequencesBehind(client: Client, unread: string[]): Promise<DataFacts["behind"]> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(s.relname) as sequence,
            quote_ident(m.nspname) || '.' || quote_ident(t.relname) as table, quote_ident(a.attname) as column
     from pg_depend d
     join pg_class s on s.oid = d.objid and s.relkind = 'S' join pg_namespace n on n.oid = s.relnamespace
     join pg_class t on t.oid = d.refobjid join pg_namespace m on m.oid = t.relnamespace
     join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
     join pg_sequence q on q.seqrelid = s.oid and q.seqincrement > 0 and not q.seqcycle
     where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
       and ${OWN} order by 1`,
  );
  const behind: { sequence: string; column: string }[] = [];
  for (const { sequence, table, column } of rows) {
    try {
      const asked = await client.query<{ behind: boolean }>(
        `select coalesce((select max(${column}) from ${table})
                  >= (select last_value + is_called::int from ${sequence}), false) as behind`,
      );
      if (asked.rows[0]?.behind === true) behind.push({ sequence, column: `${table}.${column}` });
    } catch (error) {
      if (codeOf(error) !== "42501") throw error;
      if (!unread.includes(table)) unread.push(table);
    }
  }
  return behind;
}

async function askAssertions(client: Client, folder: string): Promise<DataFacts["assertions"]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".sql")).sort();
  const assertions: { file: string; rows: number; failure?: string }[] = [];
  for (const file of names) {
    const text = await readFile(join(folder, file), "utf8");
    try {
      const results = [await client.query(text)].flat();
      assertions.push({ file, rows: results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0) });
    } catch (error) {
      // Without a SQLSTATE it is not the query's fault.
      if (!/^[0-9A-Z]{5}$/.test(codeOf(error))) throw error;
      const failure = error instanceof Error ? error.message : String(error);
      assertions.push({ file, rows: 0, failure });
    }
  }
  return assertions;
}
