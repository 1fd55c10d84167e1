import type { CarriedFolder, CarriedRules } from "../core/worker/calls.ts";
import type { MigrationInspection } from "./migration-inspection.ts";
import type { Migrations } from "./migrations.ts";

/** What a worker opens and ends in the database that it was sent to. */
export interface WorkedDatabase {
  /**
   * Puts the files where the others find them, each checked by its SHA-256. Answers the folder of migrations. Throws
   * `WORKER_TEXTS_DIFFER` (exit 11).
   */
  unpack(carried: CarriedFolder, sha256: string): Promise<string>;
  migrations(folder: string, demands: WorkerDemands): Promise<Migrations>;
  inspection(folder: string, demands: WorkerDemands): Promise<MigrationInspection>;
  /** Ends the sessions of another run's worker; resolves when the server has none of them. */
  settle(run: string): Promise<void>;
  /** Removes what was unpacked. */
  close(): Promise<void>;
}

export interface WorkerDemands {
  readonly demandsRehearsal: boolean;
  readonly waivers?: CarriedRules | undefined;
  readonly alertAfterMs?: number | undefined;
}
