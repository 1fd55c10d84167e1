import { EXIT_CODES, type Problem } from "../errors.ts";
import { describeWaived } from "../migration/describe-waiver.ts";
import type { Waiver } from "../migration/waiver.ts";
import type { Finding } from "./types.ts";

/** The answer of `migrate lint`. */
export interface LintReport {
  readonly outcome: "clean" | "warnings" | "errors";
  readonly app: string;
  /** Files that were looked at, both directions of a single file as one. */
  readonly files: number;
  readonly findings: readonly Finding[];
  readonly waived: readonly Waiver[];
  /** What could not be looked at with, and why; empty when all was. */
  readonly skipped: readonly string[];
  /** What closes the gate: the findings that are errors, and what kept a file from being looked at. */
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

export function lintExit(problems: readonly Problem[]): number {
  return EXIT_CODES[problems.length === 0 ? "done" : "checksFailed"].code;
}

/** The report as people read it; what the problems say is told apart from it, here is by which rule, as a waiver names it. */
export function describeLint({ files, findings, waived, skipped, problems }: LintReport): string {
  const warnings = findings.filter(({ severity }) => severity === "warning");
  return [
    `${count(files, "file")}: ${count(problems.length, "error")}, ${count(warnings.length, "warning")}`,
    ...problems.map(({ code, at }) => `  ${at}: error, rule ${code}`),
    ...warnings.flatMap(({ code, at, says, hint }) => [
      `  ${at}: warning, rule ${code}: ${says}`,
      `    → ${hint}`,
    ]),
    ...waived.map((waiver) => `  ${describeWaived(waiver)}`),
    ...skipped.map((says) => `  not looked at: ${says}`),
  ].join("\n");
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
