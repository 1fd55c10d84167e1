import { SlipwayError, type Problem } from "../../core/errors.ts";
import { heldBy, type Blocker } from "../../core/migration/run-event.ts";
import type { Migration } from "../../core/migration/types.ts";
import { hinderedProblem } from "./hindered.ts";
import { isLost, lostProblem } from "./lost-connection.ts";
import type { MigrationRun } from "./run-migrations.ts";
import { statementProblem } from "./statement-problem.ts";

/** Why a run ended before its end. Throws what is nobody's fault but ours. */
export function runFailure(
  error: unknown,
  run: MigrationRun,
  current: Migration | undefined,
  seen: { readonly attempts: number; readonly blockers: readonly Blocker[] },
): Problem {
  if (run.guard.broken.aborted) {
    return {
      code: "MIGRATION_CONNECTION_LOST",
      at: run.guard.address.text,
      says: "the session that held the migration lock was lost, so the migration was stopped",
      hint: "check the server's log and try again",
    };
  }
  if (run.signal.aborted) {
    return {
      code: "MIGRATION_INTERRUPTED",
      at: current?.[run.direction].file ?? "",
      says: isOutside(current, run)
        ? "stopped by a signal outside of a transaction; a part of it may be there"
        : "stopped by a signal; the migration under way was undone",
      hint: "run the same command again",
    };
  }
  if (error instanceof SlipwayError && error.problems[0] !== undefined) return error.problems[0];
  if (current === undefined) {
    // Between two migrations: those that ran are told as what stayed.
    if (isLost(error, run.worker)) return lostProblem(error, "DATABASE", run.worker);
    const hindered = hinderedProblem(error, "DATABASE", run.worker);
    if (hindered !== undefined) return hindered;
    throw error;
  }
  const problem = statementProblem(error, current[run.direction]);
  // Its hint says that nothing was kept, which only a transaction can promise.
  if (isOutside(current, run)) return { ...problem, hint: "mend the migration and try again" };
  if (problem.code !== "MIGRATION_LOCK_TIMEOUT") return problem;
  const tries = seen.attempts === 1 ? "" : ` in ${seen.attempts} tries`;
  const holder = seen.blockers.length === 0 ? "" : `, which is${heldBy(seen.blockers)}`;
  return { ...problem, says: `did not get its lock${tries}${holder}: ${problem.says}` };
}

function isOutside(current: Migration | undefined, { direction }: MigrationRun): boolean {
  return current?.[direction].header.inTransaction === false;
}

/** The run cannot say how the current migration ended. */
export function unknownOutcome({ up }: Migration, cause: unknown): SlipwayError {
  return new SlipwayError(
    {
      code: "MIGRATION_OUTCOME_UNKNOWN",
      at: up.file,
      says: "the connection was lost and the database cannot be asked whether the migration was kept",
      hint: "run the same command again when the database answers; it finds out",
    },
    "outcomeUnknown",
    { cause },
  );
}
