import type { DataCheck, DataMeasure } from "../core/data-check/types.ts";
import type { Problem } from "../core/errors.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import type { MigrationEvent } from "../core/migration/run-event.ts";
import type { ReleaseMigration } from "../core/release/types.ts";
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
    };

export interface MigrationRunOptions {
  readonly fence: number;
  readonly signal: AbortSignal;
  /** Told what happens meanwhile: waits for locks, long runs, clean-ups. */
  readonly tell?: ((event: MigrationEvent) => void) | undefined;
}

/** The migrations of one database. */
export interface Migrations {
  /** Files against history. Changes nothing. */
  plan(): Promise<MigrationPlan>;
  /** Applies what is pending. `signal` stops before the next file, or cancels the running statement. */
  apply(options: MigrationRunOptions): Promise<MigrationOutcome>;
  /** Undoes what ran, newest first, by the downs. Of a failed one `stayed` names the downs that ran. */
  revert(options: MigrationRunOptions & { readonly target: DownTarget }): Promise<MigrationOutcome>;
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
}) => Promise<Migrations>;
