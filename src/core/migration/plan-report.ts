import type { Problem } from "../errors.ts";
import { notYet } from "../expect/not-yet.ts";
import { inspectionExit, marksOf, pendingFact, type PendingFact } from "./status-report.ts";
import type { Migration } from "./types.ts";

/**
 * How much a plan knows. `rendered`: the SQL, without any database. `planned`: against the target's history, read only.
 * `executed`: run in a
 * database of its own, which is dropped, so that nothing of it stays.
 */
export type PlanLevel = "rendered" | "planned" | "executed";

export interface PlannedMigration extends PendingFact {
  readonly upSha256: string;
  readonly downSha256: string;
  readonly renderedSha256: string;
  readonly up: string;
  /** Null: there is none. */
  readonly down: string | null;
  /** Seconds on the rehearsal database; null where it was not run. */
  readonly seconds: number | null;
}

/** The answer of `migrate plan`. */
export interface MigratePlanReport {
  readonly level: PlanLevel;
  readonly app: string;
  readonly environment: string | null;
  /** Null without a database. */
  readonly applied: number | null;
  readonly pending: readonly PlannedMigration[];
  /** What the app relies on and the database lacks so far; null: it was not asked. */
  readonly unmet: readonly Problem[] | null;
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** What a plan is made of. */
export interface PlanFacts {
  readonly level: PlanLevel;
  readonly app: string;
  readonly environment: string | null;
  readonly applied: number | null;
  readonly pending: readonly Migration[];
  /** What the app relies on and the database lacks; left out: it was not asked. */
  readonly unmet?: readonly Problem[];
  /** Id → seconds, of those that were run. */
  readonly seconds: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

/**
 * Puts a plan together. With problems nothing would run, and all that is pending is shown all the same. What is unmet is a
 * problem when nothing is pending that could bring it.
 */
export function planReport(facts: PlanFacts): MigratePlanReport {
  const { pending, seconds, unmet = null, ...rest } = facts;
  const problems = [...facts.problems, ...(pending.length > 0 ? [] : (unmet ?? []))];
  return {
    ...rest,
    unmet,
    problems,
    pending: pending.map((migration) => ({
      ...pendingFact(migration),
      upSha256: migration.up.sha256,
      downSha256: migration.down.sha256,
      renderedSha256: migration.renderedSha256,
      up: migration.up.sql,
      down: migration.irreversible ? null : migration.down.sql,
      seconds: seconds.get(migration.id) ?? null,
    })),
    exitCode: inspectionExit(problems),
  };
}

const HEADS: Readonly<Record<PlanLevel, string>> = {
  rendered: "rendered without a database; what has run is not known",
  planned: "planned against the database, in which nothing was created or changed",
  executed: "executed in a database of its own, which was dropped",
};

/** The plan as people read it: each migration with its SQL. */
export function describeMigratePlan(report: MigratePlanReport): string {
  const applied = report.applied === null ? "" : `${report.applied} applied, `;
  const unmet = report.pending.length === 0 ? [] : (report.unmet ?? []);
  return [
    `${HEADS[report.level]}: ${applied}${report.pending.length} pending`,
    ...unmet.map((problem) => `  not yet: ${notYet(problem)}`),
    ...report.pending.flatMap((one) => [
      "",
      `-- ${one.file}${marksOf(one)}${one.seconds === null ? "" : `  ran in ${one.seconds.toFixed(2)} s`}`,
      one.up.trim(),
    ]),
  ].join("\n");
}
