import type { DataCheck, DataMeasure } from "../core/data-check/types.ts";
import type { Problem } from "../core/errors.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import type { WayBack } from "../core/migration/decide-undo.ts";
import type { MigrationEvent } from "../core/migration/run-event.ts";
import type { RecordedWaiver } from "../core/migration/run-record.ts";
import type { WaiverDemand } from "../core/migration/waiver-rules.ts";
import type { ReleaseMigration } from "../core/release/types.ts";
import type { SchemaShift } from "../core/schema/schema-shift.ts";
import type { SchemaSnapshot } from "../core/schema/types.ts";
import type { Secret } from "../core/secret.ts";

export type MigrationPlan =
  | { readonly kind: "nothing-to-do"; readonly applied: number }
  | { readonly kind: "planned"; readonly applied: number; readonly pending: readonly ReleaseMigration[] }
  /** Edited, missing, out of order, unknown to the files: every reason at once. */
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

export type MigrationOutcome =
  | {
      readonly kind: "applied";
      readonly ran: readonly {
        readonly file: string;
        readonly seconds: number;
        /** More than one when a lock was not to be had at once. */
        readonly attempts?: number;
      }[];
    }
  | {
      readonly kind: "failed";
      readonly problem: Problem;
      /** Files of this run that stay applied; empty when the transaction undid everything. */
      readonly stayed: readonly string[];
      /** The one that failed, when one had begun. */
      readonly failed?: FailedMigration;
      /** Those before it that ran, as when all do. */
      readonly ran?: Extract<MigrationOutcome, { kind: "applied" }>["ran"];
      /** The schema before the one that failed, and after it; left out when nobody can say. */
      readonly schema?: SchemaShift;
    };

export interface FailedMigration {
  readonly file: string;
  readonly seconds: number;
  readonly attempts: number;
}

/** What is known of a migration beside how its run went. */
export interface MigrationFacts extends WayBack {
  readonly id: string;
  readonly downFile: string;
  readonly inTransaction: boolean;
  readonly upSha256: string;
  readonly downSha256: string;
  readonly renderedSha256: string;
  /** Hex SHA-256 of the schema before and after its up; null: it has not run, or nobody described the schema then. */
  readonly schemaBefore: string | null;
  readonly schemaAfter: string | null;
  /** What of it is let through; left out when nothing is. */
  readonly waivers?: readonly RecordedWaiver[];
}

export interface MigrationRunOptions {
  readonly fence: number;
  readonly signal: AbortSignal;
  /** Told what happens meanwhile: waits for locks, long runs, clean-ups. */
  readonly tell?: ((event: MigrationEvent) => void) | undefined;
  /** Awaited before each migration, where it runs far from its lease. Throws `LEASE_LOST` (exit 30). */
  readonly prove?: (() => Promise<void>) | undefined;
}

/** The migrations of one database. */
export interface Migrations {
  /** Files against history. Changes nothing. */
  plan(): Promise<MigrationPlan>;
  /**
   * Applies what is pending, or of it what comes up to the migration `to`, by its id. `signal` stops before the next file,
   * or cancels the running statement.
   */
  apply(options: MigrationRunOptions & { readonly to?: string }): Promise<MigrationOutcome>;
  /** Undoes what ran, newest first, by the downs. Of a failed one `stayed` names the downs that ran. */
  revert(options: MigrationRunOptions & { readonly target: DownTarget }): Promise<MigrationOutcome>;
  /** Which migration ran last here, and what is known of those with these files, be it of the up or of the down. Changes nothing. */
  facts(files: readonly string[]): Promise<{
    /** Id of the migration that ran last; null: none has. */
    readonly version: string | null;
    readonly migrations: readonly MigrationFacts[];
  }>;
  /** How the data is now: what is wrong already, and what the app's invariants answer. Changes nothing. */
  measure(): Promise<DataMeasure>;
  /** What has become wrong since `before`. Changes nothing; what cannot be looked at is listed, never taken for good. */
  check(before: DataMeasure): Promise<DataCheck>;
  /** Hex SHA-256 of the schema as the catalogs describe it, without what the tool itself keeps there. */
  schema(): Promise<string>;
  /** The same as the catalogs describe it. */
  describe(): Promise<SchemaSnapshot>;
  close(): Promise<void>;
}

/** Opens the migrations in `folder` against the database at `url`. Throws `DATABASE_UNREACHABLE` (exit 11). */
export type OpenMigrations = (database: {
  readonly url: Secret;
  readonly folder: string;
  /** Whether what is pending must have passed its rehearsal, as production demands. */
  readonly demandsRehearsal?: boolean;
  /** By what waivers are judged; undefined: by their last day alone. */
  readonly waivers?: WaiverDemand;
  /** After so long a migration that still runs is told, and again each time it has run so long once more. */
  readonly alertAfterMs?: number;
}) => Promise<Migrations>;
