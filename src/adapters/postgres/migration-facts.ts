import type { Client } from "pg";
import type { JudgedWaiver } from "../../core/migration/judge-waivers.ts";
import type { RecordedWaiver } from "../../core/migration/run-record.ts";
import { demandRehearsals } from "../../core/rehearsal/demand-rehearsals.ts";
import type { MigrationFacts, Migrations } from "../../ports/migrations.ts";
import { readKeptRehearsals } from "./kept-rehearsals.ts";
import type { MigrationFolder } from "./migration-folder.ts";
import { readHistory, type HistoryPlace } from "./migration-history.ts";

/** What is known of the migrations with these files, and which ran last. Creates nothing. */
export async function factsOf(
  client: Client,
  place: HistoryPlace,
  files: readonly string[],
  folder: () => Promise<MigrationFolder>,
): ReturnType<Migrations["facts"]> {
  const { rows } = await client.query<{ major: number; own: boolean }>(
    "select current_setting('server_version_num')::int / 10000 as major, to_regclass($1) is not null as own",
    [`${place.schema}.migration_checksums`],
  );
  const { major = 0, own = false } = rows[0] ?? {};
  const history = await readHistory(client, place);
  const applied = history.kind === "read" ? history.applied : [];
  const version = applied.at(-1)?.id ?? null;
  if (files.length === 0) return { version, migrations: [] };

  const { migrations, waivers, path } = await folder();
  const { kept } = await readKeptRehearsals(path);
  const hashes = own ? await schemaHashes(client, place) : new Map<string, SchemaHashes>();
  return {
    version,
    migrations: migrations
      .filter(({ up, down }) => files.includes(up.file) || files.includes(down.file))
      .map((migration): MigrationFacts => {
        const { id, up, down, renderedSha256, irreversible } = migration;
        // What ran is what the database remembers, whatever the file holds by now.
        const ran = applied.find((one) => one.id === id && one.adopted !== true);
        const waived = recordedWaivers(waivers, [up.file, down.file]);
        return {
          id,
          file: up.file,
          downFile: down.file,
          phase: up.header.phase,
          inTransaction: up.header.inTransaction,
          irreversible,
          rehearsed: demandRehearsals([migration], kept, major).length === 0,
          upSha256: ran?.upSha256 ?? up.sha256,
          downSha256: ran?.downSha256 ?? down.sha256,
          renderedSha256: ran?.renderedSha256 ?? renderedSha256,
          schemaBefore: hashes.get(id)?.before ?? null,
          schemaAfter: hashes.get(id)?.after ?? null,
          ...(waived.length > 0 && { waivers: waived }),
        };
      }),
  };
}

function recordedWaivers(
  judged: readonly JudgedWaiver[],
  files: readonly string[],
): readonly RecordedWaiver[] {
  return judged
    .filter(({ waiver, fault }) => fault === undefined && files.includes(waiver.at))
    .map(({ waiver: { rule, at, owner, expires, signed } }) => {
      return { rule, at, owner, expires, signed: signed?.id ?? null };
    });
}

interface SchemaHashes {
  readonly before: string | null;
  readonly after: string | null;
}

async function schemaHashes(
  client: Client,
  { schema }: HistoryPlace,
): Promise<ReadonlyMap<string, SchemaHashes>> {
  // Through jsonb, because a database that an older version set up has fewer columns.
  const { rows } = await client.query<SchemaHashes & { readonly id: string }>(
    `select m.id, to_jsonb(m) ->> 'schema_before' as before, to_jsonb(m) ->> 'schema_after' as after
     from ${schema}.migration_checksums m`,
  );
  return new Map(rows.map((row) => [row.id, row]));
}
