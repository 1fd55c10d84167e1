import type { Problem } from "../core/errors.ts";
import type { MigrationEvent } from "../core/migration/run-event.ts";
import type { MigrationFile } from "../core/migration/types.ts";
import type { SeededFile, SeedFile, SeedsToKeep } from "../core/seed/types.ts";
import type { Secret } from "../core/secret.ts";

export interface SeedRunOptions {
  /** False: everything runs, is measured and is undone. */
  readonly keep: boolean;
  readonly fence: number;
  readonly signal: AbortSignal;
  /** Told what happens meanwhile: waits for locks, long runs. */
  readonly tell?: ((event: MigrationEvent) => void) | undefined;
  /** Awaited before the commit, where it runs far from its lease; nothing is kept when it throws. */
  readonly keeping?: ((seeds: SeedsToKeep) => Promise<void>) | undefined;
}

/** Of one that failed nothing is kept. */
export type SeedingOutcome =
  | { readonly kind: "applied"; readonly files: readonly SeededFile[] }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Seeds, and the database that they can be brought into. */
export interface Seeding {
  /**
   * Runs the files in one transaction, then all of them once more, which must write no row; that second run is undone.
   * Throws `SEED_OUTCOME_UNKNOWN` (exit 41) when the server cannot be asked whether it was kept.
   */
  apply(options: SeedRunOptions): Promise<SeedingOutcome>;
  /** Whether the server has kept what a transaction of that id wrote. Throws `SEED_OUTCOME_UNKNOWN` (exit 41). */
  wasKept(transaction: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Where seeds come from and where they go. */
export interface Seeds {
  /** Names of the sets in a folder of the app; none when it is not there. Throws `SEEDS_UNREADABLE` (exit 2). */
  sets(folder: string): Promise<readonly string[]>;
  /** The files of a set, sorted by name. Throws `SEEDS_UNREADABLE` (exit 2). */
  files(folder: string, set: string): Promise<readonly MigrationFile[]>;
  readonly open: OpenSeeds;
}

/** Opens the database at `url` for these files, in their order. Throws `DATABASE_UNREACHABLE` (exit 11). */
export type OpenSeeds = (order: {
  readonly url: Secret;
  readonly files: readonly SeedFile[];
}) => Promise<Seeding>;
