import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "pg";
import type { RememberedMigration } from "../../core/ledger/migration-evidence.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { KeptRehearsal } from "../../core/rehearsal/types.ts";
import type { SchemaSnapshot } from "../../core/schema/types.ts";
import type { Secret } from "../../core/secret.ts";
import type { MigrationDossiers } from "../../ports/migration-dossiers.ts";
import { readKeptRehearsals } from "./kept-rehearsals.ts";
import { readMigrations } from "./migration-folder.ts";
import { APP_HISTORY, readHistory } from "./migration-history.ts";
import { connectToLook } from "./open-inspection.ts";

/** Opens what is known of the migrations of a folder in a database. Throws `DATABASE_UNREACHABLE` (exit 11). */
export async function openDossiers({
  url,
  folder,
}: {
  readonly url: Secret;
  readonly folder: string;
}): Promise<MigrationDossiers> {
  const { client } = await connectToLook(url);
  return {
    async find(wanted) {
      const { migrations, waivers } = await readMigrations(folder);
      const migration = migrations.find(({ id }) => id === wanted || id.startsWith(`${wanted}_`));
      if (migration === undefined) return undefined;

      const names = new Set([migration.up.file, migration.down.file]);
      const files = await Promise.all(
        [...names].map(async (name) => [name, await readFile(join(folder, name))] as const),
      );
      const { kept } = await readKeptRehearsals(folder);
      return {
        migration,
        files: new Map(files),
        waivers: waivers.flatMap(({ waiver }) => (names.has(waiver.at) ? [waiver] : [])),
        rehearsals: kept.filter((one) => isOf(one, migration)),
        ...(await remembered(client, migration.id)),
      };
    },
    close: () => client.end(),
  };
}

function isOf(kept: KeptRehearsal, { id, up, down, renderedSha256 }: Migration): boolean {
  return (
    kept.id === id &&
    kept.upSha256 === up.sha256 &&
    kept.downSha256 === down.sha256 &&
    kept.renderedSha256 === renderedSha256
  );
}

async function remembered(client: Client, id: string) {
  const nothing = { remembered: null, before: null, after: null };
  const history = await readHistory(client, APP_HISTORY);
  const row = history.kind === "read" ? history.applied.find((one) => one.id === id) : undefined;
  // What ran under plain node-pg-migrate has no checksums.
  if (row === undefined || row.adopted === true) return nothing;

  const { rows } = await client.query<{ before: string | null; after: string | null }>(
    `select to_jsonb(m) ->> 'schema_before' as before, to_jsonb(m) ->> 'schema_after' as after
     from ${APP_HISTORY.schema}.migration_checksums m where m.id = $1`,
    [id],
  );
  const hashes = rows[0] ?? { before: null, after: null };
  const found: RememberedMigration = {
    ranAt: row.ranAt,
    seconds: row.seconds ?? null,
    ranBy: row.ranBy ?? null,
    upSha256: row.upSha256,
    downSha256: row.downSha256,
    renderedSha256: row.renderedSha256 ?? null,
    schemaBefore: hashes.before,
    schemaAfter: hashes.after,
  };
  return {
    remembered: found,
    before: await snapshotOf(client, hashes.before),
    after: await snapshotOf(client, hashes.after),
  };
}

async function snapshotOf(client: Client, sha256: string | null): Promise<SchemaSnapshot | null> {
  if (sha256 === null) return null;
  const { rows } = await client.query<{ document: SchemaSnapshot }>(
    `select document from ${APP_HISTORY.schema}.schema_snapshots where sha256 = $1`,
    [sha256],
  );
  return rows[0]?.document ?? null;
}
