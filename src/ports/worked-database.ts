import type { SeedFile } from "../core/seed/types.ts";
import type { CarriedFolder, CarriedRules } from "../core/worker/calls.ts";
import type { MigrationInspection } from "./migration-inspection.ts";
import type { Migrations } from "./migrations.ts";
import type { ProbeRowSecurity } from "./row-security.ts";
import type { Seeding } from "./seeds.ts";

export interface Unpacked {
  /** Of the migrations. */
  readonly folder: string;
  /** In the order in which they run. */
  readonly seeds: readonly SeedFile[];
}

/** What a worker opens and ends in the database that it was sent to. */
export interface WorkedDatabase {
  /** The files as the others need them, each checked by its SHA-256. Throws `WORKER_TEXTS_DIFFER` (exit 11). */
  unpack(carried: CarriedFolder, sha256: string): Promise<Unpacked>;
  migrations(folder: string, demands: WorkerDemands): Promise<Migrations>;
  inspection(folder: string, demands: WorkerDemands): Promise<MigrationInspection>;
  seeds(files: readonly SeedFile[]): Promise<Seeding>;
  readonly rowSecurity: ProbeRowSecurity;
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
