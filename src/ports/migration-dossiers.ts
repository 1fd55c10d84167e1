import type { MigrationDossier } from "../core/ledger/migration-evidence.ts";

/** What an app's files and an environment's database know of its migrations. Its session cannot write. */
export interface MigrationDossiers {
  /** By its id, or by the number that begins it; `undefined`: there is none. */
  find(id: string): Promise<MigrationDossier | undefined>;
  close(): Promise<void>;
}
