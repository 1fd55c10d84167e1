import type { Problem } from "../errors.ts";
import type { Migration } from "../migration/types.ts";

/** An error closes the gate, a warning is told. */
export type Severity = "error" | "warning";

export interface Finding extends Problem {
  readonly severity: Severity;
  /** Table that it is about, qualified; null: none. */
  readonly relation: string | null;
}

/** A statement as Postgres's own parser sees it. */
export interface LintStatement {
  readonly line: number;
  readonly text: string;
  /** Kind of the node, such as `AlterTableStmt`. */
  readonly kind: string;
  readonly node: Node;
}

export type Node = Readonly<Record<string, unknown>>;

/** One direction of a migration, parsed. */
export interface LintText {
  readonly file: string;
  readonly direction: "up" | "down";
  readonly migration: Migration;
  readonly statements: readonly LintStatement[];
}

/** What production said about its tables. */
export interface TableStatistics {
  readonly rows: number;
  readonly bytes: number;
}

/** `lint.json` beside the migrations. */
export interface LintSettings {
  /** Columns that make a table one of tenants, such as `clinic_id`. */
  readonly tenantColumns: readonly string[];
}

export interface LintFacts {
  readonly settings: LintSettings;
  /** Qualified table → its size; undefined: nobody asked production. */
  readonly statistics: Readonly<Record<string, TableStatistics>> | undefined;
}
