import type { Client } from "pg";
import type { Migration } from "../../core/migration/types.ts";
import { readSnapshot, storeSnapshot, type KeptSnapshot } from "./kept-snapshots.ts";
import type { HistoryPlace } from "./migration-history.ts";
import type { Direction } from "./recording-client.ts";

/** What the database knows of an earlier try of a statement outside of transactions. */
export interface EarlierTry {
  /** It was of the same text. */
  readonly isSame: boolean;
  /** The schema before it; `undefined` when that was not kept, or when somebody has changed what a failed try left. */
  readonly before: KeptSnapshot | undefined;
}

/**
 * The try that was begun and not ended well, if there was one.
 *
 * @param now the schema as it is
 */
export async function readBegun(
  client: Client,
  place: HistoryPlace,
  migration: Migration,
  direction: Direction,
  now: KeptSnapshot | undefined,
): Promise<EarlierTry | undefined> {
  const { rows } = await client.query<{ sha256: string; before: string | null; failed: string | null }>(
    `select sha256, schema_before as before, schema_failed as failed
     from ${place.schema}.begun_outside_transactions where id = $1 and direction = $2`,
    [migration.id, direction],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const isSame = row.sha256 === migration[direction].sha256;
  const isUntouched = row.failed === null || row.failed === now?.sha256;
  const counts = isSame && isUntouched && row.before !== null;
  return { isSame, before: counts ? await readSnapshot(client, place, row.before ?? "") : undefined };
}

/** Notes that a statement outside of transactions begins, and the schema before it. */
export async function noteBegun(
  client: Client,
  { schema }: HistoryPlace,
  migration: Migration,
  direction: Direction,
  before: KeptSnapshot | undefined,
): Promise<void> {
  if (before !== undefined) await storeSnapshot(client, schema, before);
  await client.query(
    `insert into ${schema}.begun_outside_transactions (id, direction, sha256, schema_before) values ($1, $2, $3, $4)
     on conflict (id, direction) do update
       set sha256 = excluded.sha256, schema_before = excluded.schema_before, begun_at = clock_timestamp(),
           schema_failed = null`,
    [migration.id, direction, migration[direction].sha256, before?.sha256 ?? null],
  );
}

/**
 * It has failed and left something, a schema of that hash: what the last migration left is expected again, and a person is
 * told the difference.
 */
export async function noteFailed(
  client: Client,
  { schema }: HistoryPlace,
  { id }: Migration,
  direction: Direction,
  left: string,
): Promise<void> {
  await client.query(
    `update ${schema}.begun_outside_transactions set schema_failed = $3 where id = $1 and direction = $2`,
    [id, direction, left],
  );
}

/** It is over, and nothing is left of a try: of the down that has undone it, or of itself. */
export async function forgetBegun(
  client: Client,
  { schema }: HistoryPlace,
  { id }: Migration,
): Promise<void> {
  await client.query(`delete from ${schema}.begun_outside_transactions where id = $1`, [id]);
}
