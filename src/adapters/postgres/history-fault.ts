import { SlipwayError } from "../../core/errors.ts";
import type { MigrationText } from "../../core/migration/types.ts";
import { codeOf } from "./connect-problem.ts";
import type { HistoryPlace } from "./migration-history.ts";

/**
 * SQLSTATEs of our own statements at the end of a migration that did something to its history: the number of rows is
 * another (22012), a schema, a table, a column or a right is gone, a table is none any more.
 */
const TOUCHED = new Set(["22012", "3F000", "42P01", "42703", "42501", "42809"]);

/** Re-throws what a migration's end failed with; as `MIGRATION_TOUCHED_HISTORY` when that is what it is. */
export function historyFault({ schema }: HistoryPlace, { file }: MigrationText): (error: unknown) => never {
  return (error) => {
    // What a deferred trigger raises has a context; a statement of ours has none.
    const isOurs = error instanceof Error && (!("where" in error) || error.where === undefined);
    if (!isOurs || !TOUCHED.has(codeOf(error))) throw error;
    const problem = {
      code: "MIGRATION_TOUCHED_HISTORY",
      at: file,
      says: `changed ${schema}, where Slipway remembers what ran; it was undone`,
      hint: "take out what writes there, also out of functions and of SQL that is built while it runs",
    };
    throw new SlipwayError(problem, "verifyFailed", { cause: error });
  };
}
