import { EXIT_CODES, type Problem } from "../errors.ts";
import type { Migration, MigrationPhase } from "./types.ts";

export interface PendingFact {
  readonly id: string;
  readonly file: string;
  readonly phase: MigrationPhase | null;
  readonly inTransaction: boolean;
  /** False: a waiver says how to get back. */
  readonly reversible: boolean;
}

/** The answer of `migrate status`. */
export interface MigrateStatusReport {
  readonly app: string;
  /** Null: a database that was named by its URL. */
  readonly environment: string | null;
  readonly applied: readonly {
    readonly id: string;
    readonly ranAt: string;
    readonly seconds: number | null;
    readonly ranBy: string | null;
  }[];
  readonly pending: readonly PendingFact[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** What `status` and `plan` tell of a migration that has not run. */
export function pendingFact({ id, up, irreversible }: Migration): PendingFact {
  return {
    id,
    file: up.file,
    phase: up.header.phase ?? null,
    inTransaction: up.header.inTransaction,
    reversible: !irreversible,
  };
}

/** The exit code of a question about migrations: problems mean that nothing would run. */
export function inspectionExit(problems: readonly Problem[]): number {
  return EXIT_CODES[problems.length === 0 ? "done" : "verifyFailed"].code;
}

/** The status as people read it. */
export function describeMigrateStatus(report: MigrateStatusReport): string {
  const { applied, pending, problems } = report;
  const width = Math.max(0, ...[...applied, ...pending].map(({ id }) => id.length));
  return [
    `${applied.length} applied, ${pending.length} pending${problems.length === 0 ? "" : ", and something is wrong"}`,
    ...applied.map(({ id, ranAt, seconds, ranBy }) => {
      const took = seconds === null ? "by node-pg-migrate" : `in ${seconds.toFixed(2)} s by ${ranBy}`;
      return `  ran      ${id.padEnd(width)}  ${ranAt.slice(0, 19).replace("T", " ")} UTC ${took}`;
    }),
    ...pending.map((fact) => `  pending  ${fact.id.padEnd(width)}${marksOf(fact)}`),
  ].join("\n");
}

/** `  contract, outside of a transaction`, or nothing. */
export function marksOf({ phase, inTransaction, reversible }: PendingFact): string {
  const marks = [
    ...(phase === null ? [] : [phase]),
    ...(inTransaction ? [] : ["outside of a transaction"]),
    ...(reversible ? [] : ["no way back but a restore"]),
  ];
  return marks.length === 0 ? "" : `  ${marks.join(", ")}`;
}
