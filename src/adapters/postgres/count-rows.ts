import type { Client } from "pg";

/** Rows of each table whose rows a dump holds, by its quoted name. Those that came with an extension are its own. */
export async function countRows(client: Client): Promise<ReadonlyMap<string, string>> {
  const tables = (
    await client.query<{ name: string }>(
      `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
         and not exists (select from pg_depend d
                         where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       order by 1`,
    )
  ).rows.map(({ name }) => name);
  const counts = new Map<string, string>();
  for (const name of tables) {
    const { rows } = await client.query<{ count: string }>(
      `select count(*)::text as count from only ${name}`,
    );
    counts.set(name, rows[0]?.count ?? "");
  }
  return counts;
}

/** Tables of which the session's role would not see every row. */
export async function hiddenTables(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and row_security_active(c.oid) order by 1`,
  );
  return rows.map(({ name }) => name);
}
