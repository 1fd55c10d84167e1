import type { Problem } from "../core/errors.ts";
import type { MigrationEvent } from "../core/migration/run-event.ts";
import type { MigrationFile } from "../core/migration/types.ts";
import type { SeededFile, SeedFile } from "../core/seed/types.ts";
import type { Secret } from "../core/secret.ts";

export interface SeedRunOptions {
  /** False: everything runs, is measured and is undone. */
  readonly keep: boolean;
  readonly signal: AbortSignal;
  /** Told what happens meanwhile: waits for locks, long runs. */
  readonly tell?: ((event: MigrationEvent) => void) | undefined;
}

/** Of one that failed nothing is kept. */
export type SeedingOutcome =
  | { readonly kind: "applied"; readonly files: readonly SeededFile[] }
  | { readonly kind: "failed"; readonly problem: Problem };

/** A database that seeds can be brought into. */
export interface Seeding {
  /**
   * Runs the files in one transaction, then all of them once more, which must write no row; that second run is undone.
   * Throws `SEED_OUTCOME_UNKNOWN` (exit 41) when the server cannot be asked whether it was kept.
   */
  apply(files: readonly SeedFile[], options: SeedRunOptions): Promise<SeedingOutcome>;
  close(): Promise<void>;
}

/** Where seeds come from and where they go. */
export interface Seeds {
  /** Names of the sets in a folder of the app; none when it is not there. Throws `SEEDS_UNREADABLE` (exit 2). */
  sets(folder: string): Promise<readonly string[]>;
  /** The files of a set, sorted by name. Throws `SEEDS_UNREADABLE` (exit 2). */
  files(folder: string, set: string): Promise<readonly MigrationFile[]>;
  /** Throws `DATABASE_UNREACHABLE` (exit 11). */
  open(database: { readonly url: Secret }): Promise<Seeding>;
}
