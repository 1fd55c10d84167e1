import type { ExpectConfig } from "../config/database-types.ts";
import { EXIT_CODES, type Problem } from "../errors.ts";
import type { SchemaSnapshot } from "../schema/types.ts";
import { compareExpectations } from "./compare-expectations.ts";

/** The answer of `migrate expect`. */
export interface ExpectReport {
  readonly outcome: "met" | "unmet";
  readonly app: string;
  readonly environment: string | null;
  /** How many things the app relies on. */
  readonly expected: number;
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** Judges a schema by what the app relies on. What is unmet closes a gate. */
export function expectReport(
  subject: { readonly app: string; readonly environment: string | null },
  expected: ExpectConfig,
  schema: SchemaSnapshot,
): ExpectReport {
  const problems = compareExpectations(expected, schema);
  const isMet = problems.length === 0;
  return {
    outcome: isMet ? "met" : "unmet",
    ...subject,
    expected: count(expected),
    problems,
    exitCode: EXIT_CODES[isMet ? "done" : "gateClosed"].code,
  };
}

function count({ tables, columns, functions, triggers }: ExpectConfig): number {
  const nested = [...Object.values(columns), ...Object.values(triggers)];
  return tables.length + functions.length + nested.reduce((sum, names) => sum + names.length, 0);
}

/** The report as people read it; the problems are told apart from it. */
export function describeExpectations({ outcome, expected, problems }: ExpectReport): string {
  const things = `${expected} ${expected === 1 ? "thing" : "things"} that the app relies on`;
  return outcome === "met"
    ? `met: the database has the ${things}`
    : `unmet: ${problems.length} missing; the config names ${things}`;
}
