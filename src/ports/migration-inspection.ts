import type { DataFacts } from "../core/data-check/types.ts";
import type { Problem } from "../core/errors.ts";
import type { TableStatistics } from "../core/lint/types.ts";
import type { Migration } from "../core/migration/types.ts";
import type { WaiverRules } from "../core/migration/waiver-rules.ts";
import type { SnapshotOrigin } from "../core/schema/snapshot-document.ts";
import type { SchemaSnapshot } from "../core/schema/types.ts";
import type { Secret } from "../core/secret.ts";

export interface AppliedFact {
  readonly id: string;
  /** Database time, RFC 3339, UTC. */
  readonly ranAt: string;
  /** Null: it ran under plain node-pg-migrate, which did not measure. */
  readonly seconds: number | null;
  readonly ranBy: string | null;
}

export interface Inspected {
  readonly applied: readonly AppliedFact[];
  /** In the order in which they would run. */
  readonly pending: readonly Migration[];
  /** All migrations of the folder. */
  readonly migrations: readonly Migration[];
  /** Why nothing would run. */
  readonly problems: readonly Problem[];
  /** Database time, RFC 3339, UTC. */
  readonly now: string;
}

/** The schema as the last migration left it, as far as the database knows. */
export type ExpectedSchema =
  | {
      readonly kind: "kept";
      readonly migration: string;
      readonly sha256: string;
      readonly snapshot: SchemaSnapshot;
    }
  /** Nothing ran, or it ran before snapshots were kept. */
  | { readonly kind: "unknown"; readonly migration: string | undefined }
  /** A migration outside of transactions was begun and has not ended. */
  | { readonly kind: "unfinished"; readonly migration: string }
  /** The document is not the one that the hash was made of. */
  | { readonly kind: "forged"; readonly migration: string; readonly sha256: string };

/** A database and the migrations for it, looked at. Its session cannot write. */
export interface MigrationInspection {
  /** Files against history. */
  inspect(): Promise<Inspected>;
  /** The schema as it is, and the hex SHA-256 of its canonical JSON. */
  schema(): Promise<{ readonly sha256: string; readonly snapshot: SchemaSnapshot }>;
  /** Whose schema it is. */
  origin(): Promise<SnapshotOrigin>;
  expected(): Promise<ExpectedSchema>;
  /** Qualified table → its size, as the server last counted. */
  statistics(): Promise<Readonly<Record<string, TableStatistics>>>;
  /** What the rows and their indexes look like; `thorough` compares every foreign key, not only the doubtful ones. */
  data(scope: { readonly thorough: boolean }): Promise<DataFacts>;
  close(): Promise<void>;
}

/** Opens a database to be looked at. Throws `DATABASE_UNREACHABLE` (exit 11). */
export type OpenInspection = (database: {
  readonly url: Secret;
  readonly folder: string;
  /** By what waivers are judged; undefined: by their last day alone. */
  readonly waivers?: WaiverRules | undefined;
}) => Promise<MigrationInspection>;

/** A folder's migrations without any database. Throws `MIGRATIONS_UNREADABLE` (exit 2). */
export type ReadMigrations = (
  folder: string,
  waivers?: WaiverRules,
) => Promise<{
  readonly migrations: readonly Migration[];
  readonly problems: readonly Problem[];
}>;
