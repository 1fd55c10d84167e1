import { join } from "node:path";
import { readMigrations } from "../../src/adapters/postgres/migration-folder.ts";
import type { KeptRehearsal } from "../../src/core/rehearsal/types.ts";

/** What a passed rehearsal of a migration would have been kept as. */
export async function proofOf(app: string, id: string): Promise<KeptRehearsal> {
  const { migrations } = await readMigrations(join(app, "migrations"));
  const migration = migrations.find((one) => one.id === id);
  if (migration === undefined) throw new Error(`the app has no ${id}`);
  return {
    id,
    upSha256: migration.up.sha256,
    downSha256: migration.down.sha256,
    renderedSha256: migration.renderedSha256,
    postgres: "18.4",
    schemaBefore: "0".repeat(64),
    schemaAfter: "0".repeat(64),
  };
}
