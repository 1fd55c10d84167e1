import type { Client } from "pg";
import type { Migration } from "../../core/migration/types.ts";
import { HISTORY_TABLE, type HistoryPlace } from "./migration-history.ts";

/**
 * Makes the schema and its tables where they are missing, and takes over what plain node-pg-migrate ran, whose table is
 * left as it is. To be called under the lock.
 */
export async function ensureHistory(
  client: Client,
  place: HistoryPlace,
  adopted: readonly { readonly migration: Migration; readonly ranAt: string }[],
): Promise<void> {
  const { schema, adopts } = place;
  const { rows } = await client.query<{ there: boolean; complete: boolean; own: boolean }>(
    `select exists (select from pg_namespace where nspname = $1) as there,
            exists (select from pg_attribute where attrelid = to_regclass($2) and attname = 'schema_after')
              and (not $4 or exists (select from pg_attribute where attrelid = to_regclass($5) and attname = 'schema_failed'))
              as complete,
            to_regclass($3) is not null as own`,
    [
      schema,
      `${schema}.migration_checksums`,
      `${schema}.${HISTORY_TABLE}`,
      place.keepsSnapshots,
      `${schema}.begun_outside_transactions`,
    ],
  );
  const [found] = rows;
  // `create schema if not exists` asks for the privilege to create one even where it exists.
  if (found?.there !== true) await client.query(`create schema ${schema}`);
  if (found?.complete === true && found.own) return;
  await client.query("begin");
  await client.query(tables(schema));
  if (place.keepsSnapshots) await client.query(appTables(schema));
  if (adopts !== undefined && adopted.length > 0) {
    for (const { migration, ranAt } of adopted) await adopt(client, schema, migration, ranAt);
  }
  await client.query("commit");
}

function tables(schema: string): string {
  return `
    create table if not exists ${schema}.${HISTORY_TABLE} (
      id serial primary key, name varchar(255) not null, run_on timestamp not null);
    create table if not exists ${schema}.migration_checksums (
      position integer generated always as identity primary key,
      id text not null unique,
      up_sha256 text not null check (up_sha256 ~ '^[0-9a-f]{64}$'),
      down_sha256 text not null check (down_sha256 ~ '^[0-9a-f]{64}$'),
      ran_at timestamptz not null default clock_timestamp(),
      milliseconds integer not null,
      ran_by text not null default session_user,
      fence bigint not null);
    alter table ${schema}.migration_checksums
      add column if not exists rendered_sha256 text check (rendered_sha256 ~ '^[0-9a-f]{64}$'),
      add column if not exists attempts integer not null default 1,
      add column if not exists adopted boolean not null default false,
      add column if not exists schema_before text check (schema_before ~ '^[0-9a-f]{64}$'),
      add column if not exists schema_after text check (schema_after ~ '^[0-9a-f]{64}$');`;
}

function appTables(schema: string): string {
  return `
    create table if not exists ${schema}.schema_snapshots (
      sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
      document jsonb not null,
      taken_at timestamptz not null default clock_timestamp());
    create table if not exists ${schema}.begun_outside_transactions (
      id text not null,
      direction text not null check (direction in ('up', 'down')),
      sha256 text not null,
      begun_at timestamptz not null default clock_timestamp(),
      primary key (id, direction));
    alter table ${schema}.begun_outside_transactions
      add column if not exists schema_before text check (schema_before ~ '^[0-9a-f]{64}$'),
      add column if not exists schema_failed text check (schema_failed ~ '^[0-9a-f]{64}$');`;
}

async function adopt(client: Client, schema: string, migration: Migration, ranAt: string): Promise<void> {
  const { id, up, down, renderedSha256 } = migration;
  await client.query(`insert into ${schema}.${HISTORY_TABLE} (name, run_on) values ($1, $2::timestamp)`, [
    id,
    ranAt.replace("Z", ""),
  ]);
  await client.query(
    `insert into ${schema}.migration_checksums
       (id, up_sha256, down_sha256, rendered_sha256, ran_at, milliseconds, fence, adopted)
     values ($1, $2, $3, $4, $5::timestamptz, 0, 0, true)`,
    [id, up.sha256, down.sha256, renderedSha256, ranAt],
  );
}
