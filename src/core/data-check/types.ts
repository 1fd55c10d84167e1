// What a database's rows and indexes look like. Types only. Names and counts; never what a row holds.

import type { Problem } from "../errors.ts";

export interface DataFacts {
  readonly invalidIndexes: readonly {
    /** Qualified and quoted, as all names here. */
    readonly index: string;
    /** It is one of a partitioned table, and lacks its part on some partition. */
    readonly partitioned: boolean;
  }[];
  /** Constraints that were added with NOT VALID and are still so. */
  readonly unvalidated: readonly NamedConstraint[];
  /** Foreign keys whose triggers are switched off. */
  readonly disabled: readonly NamedConstraint[];
  readonly orphans: readonly Orphans[];
  /** Sequences whose next value is there already. */
  readonly behind: readonly { readonly sequence: string; readonly column: string }[];
  /** The app's own assertions: one is met when its query answers no row. */
  readonly assertions: readonly {
    readonly file: string;
    readonly rows: number;
    /** What the server said when it could not be asked. */
    readonly failure?: string;
  }[];
  readonly invariants: readonly Invariant[];
  readonly foreignKeys: {
    /** Of so many all rows were compared with their parents. */
    readonly compared: number;
    /** So many were taken for good, because they are validated and enforced. */
    readonly trusted: number;
  };
  /** What could not be looked at, and why: `the sequence app.s of app.t: permission denied for table t`. */
  readonly unchecked: readonly string[];
}

export interface NamedConstraint {
  readonly table: string;
  readonly constraint: string;
}

/** Rows whose parent is missing. */
export interface Orphans extends NamedConstraint {
  readonly parent: string;
  readonly rows: number;
}

/** A query of the app whose answer a run must not change. */
export interface Invariant {
  readonly file: string;
  /** Of each column of its one row; left out when it could not be asked. */
  readonly answer?: Readonly<Record<string, Answered>>;
  /** Why it could not be asked. */
  readonly failure?: string;
}

/** A value by its hex SHA-256. What is called a count is told as well. */
export interface Answered {
  readonly sha256: string;
  readonly count?: string;
}

/** How the data was at one time. */
export interface DataMeasure {
  readonly facts: DataFacts;
  /** Ids of the migrations that had run. */
  readonly applied: readonly string[];
  /** Whether foreign keys that are validated were compared too. */
  readonly thorough: boolean;
}

/** What a run did to the data. */
export interface DataCheck {
  /** New since the measure, or more of it. */
  readonly problems: readonly Problem[];
  /** There before, and no worse. */
  readonly known: readonly Problem[];
  /** New, and as a migration of this run declared: the first half of what a later one ends. */
  readonly notes: readonly Problem[];
  /** What could not be looked at, each with its reason. */
  readonly unchecked: readonly string[];
}
