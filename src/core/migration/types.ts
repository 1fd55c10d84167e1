// The words of migrations. Types only.

/** One file of the folder, as it is on disk. */
export interface MigrationFile {
  readonly file: string;
  /** `undefined` when the bytes are not UTF-8. */
  readonly text: string | undefined;
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
}

/** A migration with its way back. */
export interface Migration {
  /** File name without `.up.sql`: `0001_entries`. */
  readonly id: string;
  readonly number: number;
  readonly up: MigrationText;
  readonly down: MigrationText;
}

export interface MigrationText {
  readonly file: string;
  readonly sql: string;
  readonly sha256: string;
}

/** What the database remembers of a migration that ran. */
export interface AppliedMigration {
  readonly id: string;
  readonly upSha256: string;
  readonly downSha256: string;
}
