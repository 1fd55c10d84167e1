// The words of seeds. Types only.

/** One file of a set, as it would run. */
export interface SeedFile {
  /** With its set: `reference/0001_languages.sql`. */
  readonly file: string;
  readonly sql: string;
  /** Hex SHA-256 of the bytes. */
  readonly sha256: string;
}

/** Rows that were written in one table, as the server counts them: one that is written twice counts twice. */
export interface WrittenRows {
  /** With its schema, quoted where it must be. */
  readonly table: string;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What is about to be kept, and by what the server can be asked later whether it was. */
export interface SeedsToKeep {
  /** Id of the transaction. */
  readonly transaction: string;
  readonly files: readonly SeededFile[];
}

/** What a file did. */
export interface SeededFile {
  readonly file: string;
  readonly sha256: string;
  readonly seconds: number;
  readonly wrote: readonly WrittenRows[];
}
