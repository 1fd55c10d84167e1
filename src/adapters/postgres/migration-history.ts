import type { Client } from "pg";
import type { AppliedMigration, Migration } from "../../core/migration/types.ts";

/** Where a database remembers its migrations: a schema of ours, so that nothing is mixed up with the app's tables. */
export interface HistoryPlace {
  readonly schema: "slipway_migrations" | "slipway_ledger";
  /** Key of the advisory lock, one for each place. */
  readonly lockKey: number;
}

export const APP_HISTORY: HistoryPlace = { schema: "slipway_migrations", lockKey: 5_497_420_001 };
export const LEDGER_HISTORY: HistoryPlace = { schema: "slipway_ledger", lockKey: 5_497_420_002 };

/** The table that node-pg-migrate keeps. */
export const HISTORY_TABLE = "pgmigrations";

export type History =
  | { readonly kind: "read"; readonly applied: readonly AppliedMigration[] }
  /** The two tables do not name the same migrations: somebody wrote one of them by hand. */
  | { readonly kind: "damaged"; readonly ids: readonly string[] };

/** What ran, in the order in which it ran. Creates nothing. */
export async function readHistory(client: Client, { schema }: HistoryPlace): Promise<History> {
  const tables = await client.query<{ history: boolean; checksums: boolean }>(
    `select to_regclass($1) is not null as history, to_regclass($2) is not null as checksums`,
    [`${schema}.${HISTORY_TABLE}`, `${schema}.migration_checksums`],
  );
  const { history, checksums } = tables.rows[0] ?? { history: false, checksums: false };
  const names = history
    ? (await client.query<{ name: string }>(`select name from ${schema}.${HISTORY_TABLE} order by id`)).rows
    : [];
  const sums = checksums
    ? (
        await client.query<{ id: string; up: string; down: string }>(
          `select id, up_sha256 as up, down_sha256 as down from ${schema}.migration_checksums order by position`,
        )
      ).rows
    : [];

  const applied = sums.map(({ id, up, down }) => ({ id, upSha256: up, downSha256: down }));
  const named = names.map(({ name }) => name);
  const odd = [
    ...named.filter((name, index) => named.indexOf(name) !== index || !sums.some(({ id }) => id === name)),
    ...sums.map(({ id }) => id).filter((id) => !named.includes(id)),
  ];
  return odd.length === 0 ? { kind: "read", applied } : { kind: "damaged", ids: [...new Set(odd)] };
}

/** Makes the schema and our own table where they are missing. To be called under the lock. */
export async function ensureHistory(client: Client, { schema }: HistoryPlace): Promise<void> {
  // `create schema if not exists` asks for the privilege to create one even where it exists.
  const found = await client.query(`select 1 from pg_namespace where nspname = $1`, [schema]);
  if (found.rows.length === 0) await client.query(`create schema ${schema}`);
  const table = await client.query(`select to_regclass($1) as name`, [`${schema}.migration_checksums`]);
  if (table.rows[0]?.name !== null) return;
  await client.query(`
    create table ${schema}.migration_checksums (
      position integer generated always as identity primary key,
      id text not null unique,
      up_sha256 text not null check (up_sha256 ~ '^[0-9a-f]{64}$'),
      down_sha256 text not null check (down_sha256 ~ '^[0-9a-f]{64}$'),
      ran_at timestamptz not null default clock_timestamp(),
      milliseconds integer not null,
      ran_by text not null default session_user,
      fence bigint not null
    )`);
}

/** Remembers a migration, in the transaction in which it ran. */
export async function remember(
  client: Client,
  { schema }: HistoryPlace,
  ran: { readonly migration: Migration; readonly milliseconds: number; readonly fence: number },
): Promise<void> {
  const { id, up, down } = ran.migration;
  await client.query(
    `insert into ${schema}.migration_checksums (id, up_sha256, down_sha256, milliseconds, fence)
     values ($1, $2, $3, $4, $5)`,
    [id, up.sha256, down.sha256, Math.round(ran.milliseconds), ran.fence],
  );
}
