import type { Client } from "pg";
import type { Moment } from "../../core/rehearsal/judge.ts";

/** Of each table how many rows it has and the sum of their hashes, whatever the order of its columns. */
export async function sumRows(client: Client): Promise<Moment["rows"]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.oid >= 16384 and n.nspname !~ '^pg_' order by 1`,
  );
  if (tables.length === 0) return new Map();
  // jsonb sorts its keys, so that a column that came back at the end changes nothing.
  const query = tables
    .map(
      ({ name }, index) =>
        `select ${index} as at, count(*)::int as count,
                coalesce(sum(hashtextextended(to_jsonb(t)::text, 0)::numeric), 0)::text as sum from only ${name} t`,
    )
    .join(" union all ");
  const { rows } = await client.query<{ at: number; count: number; sum: string }>(query);
  return new Map(rows.map(({ at, count, sum }) => [tables[at]?.name ?? "", { count, sum }]));
}
