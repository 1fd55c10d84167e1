import type { Problem } from "../errors.ts";
import type { DataFacts, NamedConstraint, Orphans } from "./types.ts";

/** One thing that is wrong with the data. */
export interface DataDefect {
  /** The same defect has the same one at another time. */
  readonly key: string;
  /** How much of it there is: rows, or 1. */
  readonly size: number;
  /** How it is called among what could not be looked at, if it can be there. */
  readonly subject?: string;
  /** The constraint whose validation would end it or refuse it, if there is one. */
  readonly constraint?: NamedConstraint;
  readonly problem: Problem;
}

/** Everything that is wrong by itself, whatever was before. */
export function dataDefects(facts: DataFacts): readonly DataDefect[] {
  return [
    ...facts.invalidIndexes.map((one) => defect(invalidIndex(one))),
    ...facts.unvalidated.map((one) => ({ ...of(one, unvalidated(one)), constraint: one })),
    ...facts.disabled.map((one) => of(one, disabled(one))),
    ...facts.orphans.map((one) => ({
      ...of(one, orphans(one)),
      size: one.rows,
      constraint: one,
      subject: keySubject(one),
    })),
    ...facts.behind.map((one) => ({ ...defect(behind(one)), subject: sequenceSubject(one.sequence) })),
    ...facts.assertions
      .filter(({ rows, failure }) => rows > 0 || failure !== undefined)
      .map((one) => ({ ...defect(assertion(one)), size: one.rows, subject: querySubject(one.file) })),
  ];
}

/** What a foreign key, a sequence, a query of the app is called when it could not be looked at. */
export function keySubject({ table, constraint }: NamedConstraint): string {
  return `the foreign key ${constraint} of ${table}`;
}
export function sequenceSubject(sequence: string): string {
  return `the sequence ${sequence}`;
}
export function querySubject(file: string): string {
  return `the query ${file}`;
}

function defect(problem: Problem): DataDefect {
  return { key: `${problem.code} ${problem.at}`, size: 1, problem };
}

function of({ table, constraint }: NamedConstraint, problem: Problem): DataDefect {
  return { key: `${problem.code} ${table} ${constraint}`, size: 1, problem };
}

function invalidIndex({ index, partitioned }: DataFacts["invalidIndexes"][number]): Problem {
  if (partitioned) {
    return {
      code: "DATA_INDEX_INVALID",
      at: index,
      says: "is not valid: some partition has no part of it, so it holds for none",
      hint: `build it on each partition and attach it: alter index ${index} attach partition …`,
    };
  }
  return {
    code: "DATA_INDEX_INVALID",
    at: index,
    says: "is not valid: no query uses it, and every write pays for it",
    hint: `reindex index concurrently ${index}, or drop it`,
  };
}

function unvalidated({ table, constraint }: NamedConstraint): Problem {
  return {
    code: "DATA_CONSTRAINT_NOT_VALIDATED",
    at: table,
    says: `has the constraint ${constraint}, which older rows may break`,
    hint: `alter table ${table} validate constraint ${constraint}, in a migration; the one that adds it as a first half says -- slipway: phase=expand`,
  };
}

function disabled({ table, constraint }: NamedConstraint): Problem {
  return {
    code: "DATA_FOREIGN_KEY_OFF",
    at: table,
    says: `has the foreign key ${constraint}, whose triggers are disabled: it holds nobody back`,
    hint: `alter table ${table} enable trigger all, and the same for the table that it refers to`,
  };
}

function orphans({ table, constraint, parent, rows }: Orphans): Problem {
  const [have, whose] = rows === 1 ? ["1 row", "its"] : [`${rows} rows`, "their"];
  return {
    code: "DATA_ORPHANS",
    at: table,
    says: `has ${have} without ${whose} row in ${parent}, by the foreign key ${constraint}`,
    hint: "bring back the missing rows, or let a migration take these away",
  };
}

function behind({ sequence, column }: DataFacts["behind"][number]): Problem {
  return {
    code: "DATA_SEQUENCE_BEHIND",
    at: sequence,
    says: `will give a value that ${column} has already`,
    hint: "set it past the largest value with setval",
  };
}

function assertion({ file, rows, failure }: DataFacts["assertions"][number]): Problem {
  if (failure !== undefined) {
    const hint = "write one query that only reads and answers the rows that should not be there";
    return { code: "DATA_ASSERTION_NOT_ASKED", at: file, says: `could not be asked: ${failure}`, hint };
  }
  return {
    code: "DATA_ASSERTION_FAILED",
    at: file,
    says: `found ${rows} ${rows === 1 ? "row" : "rows"}, and should find none`,
    hint: "run its query to see them",
  };
}
