import { migrateExit, type MigrateOutcome, type MigrateReport } from "../core/migration/report.ts";
import { isSchemaLeft } from "../core/migration/schema-left.ts";
import type { MigrationEnd } from "./migrate-on-record.ts";

type Answer = Pick<
  MigrateReport,
  "outcome" | "ran" | "stayed" | "undone" | "warnings" | "problems" | "exitCode"
>;

/**
 * What a run of migrations tells in its report.
 *
 * @param stays of a run downwards: the newest migration that was to stay
 */
export function answerOf(
  end: MigrationEnd,
  {
    environment,
    isUp,
    stays,
  }: { readonly environment: string; readonly isUp: boolean; readonly stays: string | undefined },
): Answer {
  const { judged, unmet, undone } = end;
  // The same number again would undo more than was asked for.
  const hint = `slipway migrate down --env=${environment} --to=${stays} goes on with it`;
  const problems =
    judged.interrupted && stays !== undefined ? end.problems.map((one) => ({ ...one, hint })) : end.problems;
  const { outcome: went, record, warnings } = judged;
  const isWell = problems.length === 0 || unmet;
  const ran = isWell && went.kind === "applied" ? went.ran : [];
  const outcome = isWell ? howItWent(end, isUp) : howItFailed(end);
  const stayed = isWell || isUndone(end) ? [] : record.stayed;
  return { outcome, ran, stayed, undone, warnings, problems, exitCode: migrateExit(outcome) };
}

function howItWent({ judged: { outcome }, unmet }: MigrationEnd, isUp: boolean): MigrateOutcome {
  if (unmet) return "unmet";
  if (isUp) return "migrated";
  return outcome.kind === "applied" && outcome.ran.length === 0 ? "nothing-to-do" : "reverted";
}

/** All that ran in this run has gone again: it ran, and what it left was not sound. */
function isUndone({ judged: { outcome }, undone, problems }: MigrationEnd): boolean {
  return outcome.kind === "applied" && undone.length > 0 && !isSchemaLeft(problems);
}

/** What is refused before anything runs. */
const REFUSED = new Set(["MIGRATION_COUNT", "MIGRATION_NOT_APPLIED", "MIGRATION_IRREVERSIBLE"]);

function howItFailed({ judged, problems }: MigrationEnd): MigrateOutcome {
  if (judged.interrupted) return "interrupted";
  const codes = problems.map(({ code }) => code);
  if (codes.some((code) => REFUSED.has(code))) return "refused";
  if (codes.includes("MIGRATION_DOWN_DIFFERS") || isSchemaLeft(problems)) return "left-different";
  return codes.includes("MIGRATIONS_LOCKED") ? "busy" : "failed";
}
