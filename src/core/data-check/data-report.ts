import { EXIT_CODES, type Problem } from "../errors.ts";
import { notAsked } from "./compare-invariants.ts";
import { dataDefects } from "./data-defects.ts";
import type { DataFacts } from "./types.ts";

/** The answer of `migrate check`. */
export interface DataReport {
  readonly outcome: "sound" | "unsound";
  readonly app: string;
  readonly environment: string | null;
  readonly assertions: number;
  readonly invariants: number;
  readonly foreignKeys: DataFacts["foreignKeys"];
  /** What could not be looked at, each with its reason. */
  readonly unchecked: readonly string[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** Judges what was found. */
export function dataReport(
  subject: { readonly app: string; readonly environment: string | null },
  facts: DataFacts,
): DataReport {
  const problems = [
    ...dataDefects(facts).map(({ problem }) => problem),
    ...facts.invariants.filter(({ answer }) => answer === undefined).map(notAsked),
  ];
  return {
    outcome: problems.length === 0 ? "sound" : "unsound",
    ...subject,
    assertions: facts.assertions.length,
    invariants: facts.invariants.length,
    foreignKeys: facts.foreignKeys,
    unchecked: facts.unchecked,
    problems,
    exitCode: EXIT_CODES[problems.length === 0 ? "done" : "checksFailed"].code,
  };
}

/** The report as people read it; the problems are told apart from it. */
export function describeData(report: DataReport): string {
  const { outcome, problems, foreignKeys, unchecked } = report;
  const head =
    outcome === "sound"
      ? `sound: indexes valid, constraints validated, sequences ahead, ${asked(report)}`
      : `unsound: ${counted(problems.length, "thing is", "things are")} wrong`;
  const { compared, trusted } = foreignKeys;
  const trust =
    trusted === 0 ? "" : `, ${trusted} taken for good because validated (--thorough compares them)`;
  return [
    head,
    ...(compared + trusted === 0 ? [] : [`  foreign keys: ${compared} compared row by row${trust}`]),
    ...unchecked.map((what) => `  not checked: ${what}`),
  ].join("\n");
}

function asked({ assertions, invariants }: DataReport): string {
  const met = `${counted(assertions, "assertion", "assertions")} of the app met`;
  return invariants === 0 ? met : `${met}, ${counted(invariants, "invariant", "invariants")} can be asked`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
