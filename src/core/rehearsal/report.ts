import { EXIT_CODES, type Problem } from "../errors.ts";
import { describeWaived } from "../migration/describe-waiver.ts";
import type { Waiver } from "../migration/waiver.ts";
import type { Rehearsal, StatementTrace } from "./types.ts";

/** The answer of `migrate rehearse`. */
export interface RehearsalReport {
  readonly outcome: "passed" | "failed";
  readonly app: string;
  /** `18.4`. */
  readonly postgres: string;
  readonly rehearsals: readonly Rehearsal[];
  readonly waived: readonly Waiver[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

export function rehearsalExit(outcome: RehearsalReport["outcome"]): number {
  return EXIT_CODES[outcome === "passed" ? "done" : "checksFailed"].code;
}

/** Locks that keep others from writing, or from reading too. */
const HEAVY: Readonly<Record<string, string>> = {
  AccessExclusiveLock: "blocks all use of",
  ExclusiveLock: "blocks writes to",
  ShareRowExclusiveLock: "blocks writes to",
  ShareLock: "blocks writes to",
};

/** The report as people read it: each migration, and each statement that others would feel. */
export function describeRehearsal(report: RehearsalReport): string {
  const passed = report.rehearsals.filter((one) => one.passed).length;
  return [
    `${passed} of ${report.rehearsals.length} migrations passed their rehearsal on Postgres ${report.postgres}`,
    ...report.rehearsals.flatMap((one) => [
      `  ${one.passed ? "ok    " : "FAILED"}  ${one.id}  ${one.rows} rows  up ${seconds(one.seconds.up)}, down ${seconds(one.seconds.down)}, up again ${seconds(one.seconds.again)}`,
      ...one.up.flatMap((statement) => effectOf(statement)),
    ]),
    ...report.waived.map((waiver) => `  ${describeWaived(waiver)}`),
  ].join("\n");
}

function effectOf({ line, head, locks, rewrites }: StatementTrace): string[] {
  const effects = [
    ...locks.flatMap(({ relation, mode }) =>
      HEAVY[mode] === undefined ? [] : [`${HEAVY[mode]} ${relation}`],
    ),
    ...rewrites.map((relation) => `rewrites ${relation}`),
  ];
  return effects.length === 0 ? [] : [`          line ${line} ${head}: ${effects.join(", ")}`];
}

function seconds(value: number | null): string {
  return value === null ? "not run" : `${value.toFixed(2)} s`;
}
