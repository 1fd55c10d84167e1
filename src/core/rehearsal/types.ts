import type { Problem } from "../errors.ts";

/** What one statement of an up did to what was there before. */
export interface StatementTrace {
  readonly line: number;
  /** Its first words: `ALTER TABLE`. */
  readonly head: string;
  readonly milliseconds: number;
  /** Rows changed; null: it changes none. */
  readonly rows: number | null;
  /** The strongest lock that it took on each table or index, such as `AccessExclusiveLock`. */
  readonly locks: readonly { readonly relation: string; readonly mode: string }[];
  /** Tables and indexes that it wrote anew, whole. */
  readonly rewrites: readonly string[];
}

/** How one migration did on a database of the rehearsal's own. */
export interface Rehearsal {
  readonly id: string;
  readonly file: string;
  readonly upSha256: string;
  readonly downSha256: string;
  readonly renderedSha256: string;
  /** `18.4`. */
  readonly postgres: string;
  readonly passed: boolean;
  /** Hex SHA-256 of the schema before and after the up. */
  readonly schemaBefore: string;
  readonly schemaAfter: string;
  /** Rows that were there when it went up, down and up. */
  readonly rows: number;
  readonly up: readonly StatementTrace[];
  readonly seconds: { readonly up: number; readonly down: number | null; readonly again: number | null };
  readonly problems: readonly Problem[];
}

/** The proof that is kept: which texts passed, and on which major. */
export interface KeptRehearsal {
  readonly id: string;
  readonly upSha256: string;
  readonly downSha256: string;
  readonly renderedSha256: string;
  readonly postgres: string;
  readonly schemaBefore: string;
  readonly schemaAfter: string;
}
