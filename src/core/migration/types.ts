// The words of migrations. Types only.

import type { Problem } from "../errors.ts";

/** One file of the folder, as it is on disk. */
export interface MigrationFile {
  readonly file: string;
  /** `undefined` when the bytes are not UTF-8, or were not read. */
  readonly text: string | undefined;
  /** Why the bytes were not read. */
  readonly unread?: Problem | undefined;
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
  /** Of a migration in TypeScript or JavaScript: the SQL it stands for, or why there is none. */
  readonly rendered?: RenderedMigration | undefined;
}

export type RenderedMigration =
  | {
      readonly kind: "rendered";
      readonly up: RenderedText;
      /** `undefined`: it says that it has none, and node-pg-migrate could not infer one. */
      readonly down: RenderedText | undefined;
    }
  | { readonly kind: "unrendered"; readonly problem: Problem };

export interface RenderedText {
  readonly sql: string;
  readonly inTransaction: boolean;
}

/** A migration with its way back. */
export interface Migration {
  /** File name without what follows the words: `0001_entries`, `1677777777777_add-users`. */
  readonly id: string;
  /** Orders the migrations: a plain number, or milliseconds since 1970. */
  readonly number: number;
  readonly up: MigrationText;
  /** When `irreversible`, a text without statements. */
  readonly down: MigrationText;
  /** There is no way back but a restore; a waiver says so. */
  readonly irreversible: boolean;
  /** Hex SHA-256 of the SQL of both directions, as it would run. */
  readonly renderedSha256: string;
}

export interface MigrationText {
  readonly file: string;
  /** Lines are those of the file, where it is a SQL file. */
  readonly sql: string;
  /** Hex SHA-256 of the file's bytes. */
  readonly sha256: string;
  readonly header: MigrationHeader;
}

export type MigrationPhase = "expand" | "contract";

/** What a file says about itself in comments before its first statement. */
export interface MigrationHeader {
  readonly inTransaction: boolean;
  readonly phase: MigrationPhase | undefined;
  /** Of a contract: the id of the migration that expanded. */
  readonly contracts: string | undefined;
  /** Of a contract: days that the expanding one must have been there. */
  readonly afterDays: number | undefined;
  /** How many rows each INSERT, UPDATE, DELETE and MERGE of the file must change. */
  readonly expectRows: RowCount | undefined;
  /** Qualified names, as they are written, of tables that must have as many rows after the file as before. */
  readonly keepsRows: readonly string[];
  readonly statementTimeoutSeconds: number | undefined;
}

export interface RowCount {
  readonly least: number;
  readonly most: number | undefined;
}

/** What the database remembers of a migration that ran. */
export interface AppliedMigration {
  readonly id: string;
  readonly upSha256: string;
  readonly downSha256: string;
  /** `undefined`: it ran before that was kept. */
  readonly renderedSha256?: string | undefined;
  /** It ran under plain node-pg-migrate, which keeps no checksums. */
  readonly adopted?: boolean | undefined;
}
