import type { Client } from "pg";
import type { SchemaSnapshot } from "../../core/schema/types.ts";
import type { ExpectedSchema } from "../../ports/migration-inspection.ts";
import { canonicalHash } from "./canonical-hash.ts";
import type { HistoryPlace } from "./migration-history.ts";
import { readSchema } from "./schema-snapshot.ts";

export interface KeptSnapshot {
  readonly sha256: string;
  readonly snapshot: SchemaSnapshot;
}

/** Describes the schema as it is now. */
export async function takeSnapshot(client: Client): Promise<KeptSnapshot> {
  const snapshot = await readSchema(client);
  return { sha256: canonicalHash(snapshot), snapshot };
}

/** Keeps snapshots with the migrations that lie between them. */
export async function keepSnapshots(
  client: Client,
  { schema }: HistoryPlace,
  ids: readonly string[],
  before: KeptSnapshot,
  after: KeptSnapshot,
): Promise<void> {
  await client.query("begin");
  for (const one of [before, after]) await storeSnapshot(client, schema, one);
  // A statement outside of transactions that was begun and has been put into one since.
  await client.query(`delete from ${schema}.begun_outside_transactions where id = any($1)`, [ids]);
  const [first, last] = [ids[0], ids.at(-1)];
  await client.query(`update ${schema}.migration_checksums set schema_before = $2 where id = $1`, [
    first,
    before.sha256,
  ]);
  await client.query(`update ${schema}.migration_checksums set schema_after = $2 where id = $1`, [
    last,
    after.sha256,
  ]);
  await client.query("commit");
}

/** From now on this is what a migration left: a down after it has brought columns back in another order. */
export async function replaceSnapshot(
  client: Client,
  { schema }: HistoryPlace,
  id: string,
  { sha256, snapshot }: KeptSnapshot,
): Promise<void> {
  await client.query(
    `with kept as (insert into ${schema}.schema_snapshots (sha256, document) values ($2, $3) on conflict do nothing)
     update ${schema}.migration_checksums set schema_after = $2 where id = $1`,
    [id, sha256, JSON.stringify(snapshot)],
  );
}

/** Stores a description by its hash. */
export async function storeSnapshot(
  client: Client,
  schema: HistoryPlace["schema"],
  { sha256, snapshot }: KeptSnapshot,
): Promise<void> {
  await client.query(
    `insert into ${schema}.schema_snapshots (sha256, document) values ($1, $2) on conflict do nothing`,
    [sha256, JSON.stringify(snapshot)],
  );
}

/** The description of that hash, if it is kept and is the one that the hash was made of. */
export async function readSnapshot(
  client: Client,
  { schema }: HistoryPlace,
  sha256: string,
): Promise<KeptSnapshot | undefined> {
  const { rows } = await client.query<{ document: SchemaSnapshot }>(
    `select document from ${schema}.schema_snapshots where sha256 = $1`,
    [sha256],
  );
  const [found] = rows;
  if (found === undefined || canonicalHash(found.document) !== sha256) return undefined;
  return { sha256, snapshot: found.document };
}

/** The schema as the last migration left it. */
export async function readExpected(client: Client, { schema }: HistoryPlace): Promise<ExpectedSchema> {
  const there = await client.query<{ there: boolean }>(`select to_regclass($1) is not null as there`, [
    `${schema}.schema_snapshots`,
  ]);
  if (there.rows[0]?.there !== true) return { kind: "unknown", migration: undefined };
  // Through jsonb, because a database that an older version set up has fewer columns. One that has failed is over.
  const begun = await client.query<{ id: string }>(
    `select b.id from ${schema}.begun_outside_transactions b
     where to_jsonb(b) ->> 'schema_failed' is null order by b.begun_at limit 1`,
  );
  if (begun.rows[0] !== undefined) return { kind: "unfinished", migration: begun.rows[0].id };

  const { rows } = await client.query<{ id: string; sha256: string | null; document: SchemaSnapshot | null }>(
    `select m.id, m.schema_after as sha256, s.document
     from ${schema}.migration_checksums m left join ${schema}.schema_snapshots s on s.sha256 = m.schema_after
     order by m.position desc limit 1`,
  );
  const [last] = rows;
  if (last === undefined || last.sha256 === null) return { kind: "unknown", migration: last?.id };
  const { id: migration, sha256, document } = last;
  if (document === null || canonicalHash(document) !== sha256) return { kind: "forged", migration, sha256 };
  return { kind: "kept", migration, sha256, snapshot: document };
}
