import { escapeLiteral, type Client } from "pg";
import type { AppliedMigration, Migration } from "../../core/migration/types.ts";

/** Where a database remembers its migrations: a schema of ours, so that nothing is mixed up with the app's tables. */
export interface HistoryPlace {
  readonly schema: "slipway_migrations" | "slipway_ledger";
  /** Key of the advisory lock, one for each place. */
  readonly lockKey: number;
  /** Table of a plain node-pg-migrate whose history is taken over, when there is none of ours yet. */
  readonly adopts: string | undefined;
  /** Whether the schema is described before and after each run. */
  readonly keepsSnapshots: boolean;
}

export const APP_HISTORY: HistoryPlace = {
  schema: "slipway_migrations",
  lockKey: 5_497_420_001,
  adopts: "public.pgmigrations",
  keepsSnapshots: true,
};
export const LEDGER_HISTORY: HistoryPlace = {
  schema: "slipway_ledger",
  lockKey: 5_497_420_002,
  adopts: undefined,
  keepsSnapshots: false,
};

/** The table that node-pg-migrate keeps. */
export const HISTORY_TABLE = "pgmigrations";

export interface AppliedRow extends AppliedMigration {
  /** Database time, RFC 3339, UTC; of an adopted one as node-pg-migrate wrote it. */
  readonly ranAt: string;
  readonly seconds: number | undefined;
  readonly ranBy: string | undefined;
}

export type History =
  | { readonly kind: "read"; readonly applied: readonly AppliedRow[] }
  /** The two tables do not name the same migrations: somebody wrote one of them by hand. */
  | { readonly kind: "damaged"; readonly ids: readonly string[] };

interface ChecksumRow {
  readonly id: string;
  readonly up: string;
  readonly down: string;
  readonly rendered: string | null;
  readonly adopted: boolean | null;
  readonly ran_at: string;
  readonly milliseconds: number;
  readonly ran_by: string;
}

const UTC = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;

/** What ran, in the order in which it ran. Creates nothing. */
export async function readHistory(client: Client, { schema, adopts }: HistoryPlace): Promise<History> {
  const tables = await client.query<{ history: boolean; checksums: boolean; adopts: boolean }>(
    `select to_regclass($1) is not null as history, to_regclass($2) is not null as checksums,
            to_regclass($3) is not null as adopts`,
    [`${schema}.${HISTORY_TABLE}`, `${schema}.migration_checksums`, adopts ?? null],
  );
  const found = tables.rows[0] ?? { history: false, checksums: false, adopts: false };
  if (!found.history && !found.checksums && found.adopts && adopts !== undefined) {
    return { kind: "read", applied: await readAdopted(client, adopts) };
  }

  const { named, sums } = await readTables(client, schema, found);
  const known = new Set(sums.map(({ id }) => id));
  const odd = [
    ...named.filter((name, index) => named.indexOf(name) !== index || !known.has(name)),
    ...[...known].filter((id) => !new Set(named).has(id)),
  ];
  if (odd.length > 0) return { kind: "damaged", ids: [...new Set(odd)] };
  return {
    kind: "read",
    applied: sums.map((row) => ({
      id: row.id,
      upSha256: row.up,
      downSha256: row.down,
      renderedSha256: row.rendered ?? undefined,
      ranAt: row.ran_at,
      seconds: row.adopted === true ? undefined : row.milliseconds / 1000,
      ranBy: row.ran_by,
    })),
  };
}

/** Both tables in one question, because somebody may migrate meanwhile. */
async function readTables(
  client: Client,
  schema: string,
  found: { readonly history: boolean; readonly checksums: boolean },
): Promise<{ readonly named: readonly string[]; readonly sums: readonly ChecksumRow[] }> {
  const names = found.history
    ? `select name::text from ${schema}.${HISTORY_TABLE} order by id`
    : "select null::text where false";
  const sums = found.checksums ? checksumsOf(schema) : "select null::json";
  const { rows } = await client.query<{ named: string[]; sums: ChecksumRow[] }>(
    `select array(${names}) as named, coalesce((${sums}), '[]') as sums`,
  );
  return rows[0] ?? { named: [], sums: [] };
}

function checksumsOf(schema: string): string {
  // Through jsonb, because a database that an older version set up has fewer columns.
  return `select json_agg(c order by c.position) from (
    select m.position, m.id, m.up_sha256 as up, m.down_sha256 as down, to_jsonb(m) ->> 'rendered_sha256' as rendered,
           (to_jsonb(m) -> 'adopted')::boolean as adopted, to_char(m.ran_at at time zone 'UTC', ${UTC}) as ran_at,
           m.milliseconds, m.ran_by
    from ${schema}.migration_checksums m) as c`;
}

async function readAdopted(client: Client, table: string): Promise<readonly AppliedRow[]> {
  const { rows } = await client.query<{ name: string; ran_at: string }>(
    `select name, to_char(run_on, ${UTC}) as ran_at from ${table} order by id`,
  );
  return rows.map(({ name, ran_at }) => ({
    id: name,
    upSha256: "",
    downSha256: "",
    adopted: true,
    ranAt: ran_at,
    seconds: undefined,
    ranBy: undefined,
  }));
}

export interface Ran {
  readonly migration: Migration;
  readonly milliseconds: number;
  readonly fence: number;
  readonly attempts: number;
}

/** The statement that remembers a migration, for the transaction in which it ran. */
export function rememberSql({ schema }: HistoryPlace, ran: Ran): string {
  const { id, up, down, renderedSha256 } = ran.migration;
  const texts = [id, up.sha256, down.sha256, renderedSha256].map((text) => escapeLiteral(text));
  const numbers = [Math.round(ran.milliseconds), ran.fence, ran.attempts];
  return `insert into ${schema}.migration_checksums
    (id, up_sha256, down_sha256, rendered_sha256, milliseconds, fence, attempts)
    values (${[...texts, ...numbers].join(", ")})`;
}

/** Divides by zero (22012) unless both tables hold so many rows: then a migration wrote into its own history. */
export function countedSql({ schema }: HistoryPlace, rows: number): string {
  const holds = (table: string) => `(select count(*) from ${schema}.${table}) = ${rows}`;
  return `select 1 / (${holds(HISTORY_TABLE)} and ${holds("migration_checksums")})::int`;
}

/** How many migrations the history holds. */
export async function countHistory(client: Client, { schema }: HistoryPlace): Promise<number> {
  const { rows } = await client.query<{ rows: number }>(
    `select count(*)::int as rows from ${schema}.migration_checksums`,
  );
  return rows[0]?.rows ?? 0;
}

/** The statement that forgets one, for the transaction in which its down ran; the ledger keeps that it was there. */
export function forgetSql({ schema }: HistoryPlace, id: string): string {
  return `delete from ${schema}.migration_checksums where id = ${escapeLiteral(id)}`;
}
