import { EXIT_CODES, type ExitKind, type Problem } from "../errors.ts";
import { describeWritten } from "./second-run.ts";
import type { SeededFile, WrittenRows } from "./types.ts";

export type SeedOutcome =
  "seeded" | "would-seed" | "nothing-to-do" | "refused" | "failed" | "interrupted" | "busy";

/** The answer of `migrate seed`: with `--json` this very document. */
export interface SeedReport {
  readonly outcome: SeedOutcome;
  readonly app: string;
  readonly environment: string;
  /** Under which the ledger has the records; null when there was nothing to record. */
  readonly deploymentId: string | null;
  /** Everything ran and was undone. */
  readonly dryRun: boolean;
  /** In their order. */
  readonly sets: readonly string[];
  /** In the order in which they ran; of a run that failed none. */
  readonly files: readonly SeededFile[];
  /** What all of them wrote. */
  readonly wrote: readonly WrittenRows[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

const EXITS: Readonly<Record<SeedOutcome, ExitKind>> = {
  seeded: "done",
  "would-seed": "done",
  "nothing-to-do": "done",
  refused: "verifyFailed",
  failed: "rolledBack",
  interrupted: "interrupted",
  busy: "leaseHeld",
};

/** The exit code that an outcome leads to; a dry run that fails is a check that failed. */
export function seedExit(outcome: SeedOutcome, dryRun: boolean): number {
  return EXIT_CODES[outcome === "failed" && dryRun ? "checksFailed" : EXITS[outcome]].code;
}

/** What several files wrote, by table, sorted. */
export function sumWritten(files: readonly Pick<SeededFile, "wrote">[]): readonly WrittenRows[] {
  const groups = Map.groupBy(
    files.flatMap(({ wrote }) => wrote),
    ({ table }) => table,
  );
  return [...groups]
    .map(([table, rows]) => ({
      table,
      inserted: sum(rows.map(({ inserted }) => inserted)),
      updated: sum(rows.map(({ updated }) => updated)),
      deleted: sum(rows.map(({ deleted }) => deleted)),
    }))
    .toSorted((one, other) => (one.table < other.table ? -1 : 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The report as people read it. */
export function describeSeedReport(report: SeedReport): string {
  const where = `the database of ${report.app} in ${report.environment}`;
  const sets = report.sets.join(", ");
  const head = {
    seeded: `seeded ${where} with ${sets}`,
    "would-seed": `dry run: this is what would be written into ${where}; all of it was undone`,
    "nothing-to-do":
      report.sets.length === 0
        ? `nothing to do: ${report.environment} gets no seeds`
        : `nothing to do: ${where} has every row of ${sets}`,
    refused: `${where} was not seeded`,
    failed: `a seed failed in ${where}; all of the run was undone`,
    interrupted: `interrupted; what was under way in ${where} was undone`,
    busy: `${where} was not seeded: somebody else is at it`,
  } satisfies Record<SeedOutcome, string>;
  const measured = report.outcome === "seeded" || report.outcome === "would-seed";
  return [
    head[report.outcome],
    ...report.files.map(({ file, seconds, wrote }) => {
      const rows = wrote.length === 0 ? "nothing to write" : wrote.map(describeWritten).join("; ");
      return `  ${file} in ${seconds.toFixed(2)} s: ${rows}`;
    }),
    ...(measured ? ["  measured: a second run writes no row"] : []),
  ].join("\n");
}
