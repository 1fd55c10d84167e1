import { SlipwayError } from "../../core/errors.ts";
import type { Migration } from "../../core/migration/types.ts";
import { compareSchemas, describeChanges, isOrderOnly } from "../../core/schema/compare-schemas.ts";
import type { KeptSnapshot } from "./kept-snapshots.ts";

/** What a down must leave. */
export interface ExpectedBack extends KeptSnapshot {
  /** Id of the migration before it; undefined: there is none. */
  readonly migration: string | undefined;
}

/**
 * After a down the schema has to be as it was before its up. Throws `MIGRATION_DOWN_DIFFERS` when it is not. Answers the
 * columns that only stand elsewhere: no down can put a column between others, and its rehearsal has told so.
 */
export function checkBack(undone: Migration, expected: ExpectedBack, after: KeptSnapshot): readonly string[] {
  if (expected.sha256 === after.sha256) return [];
  const changes = compareSchemas(expected.snapshot, after.snapshot);
  if (changes.length > 0 && isOrderOnly(changes)) return changes.map(({ name }) => name);
  const told = describeChanges(changes).replaceAll(/\s*\n\s*/g, "; ");
  const { migration } = expected;
  throw new SlipwayError(
    {
      code: "MIGRATION_DOWN_DIFFERS",
      at: undone.down.file,
      says: `ran, and the schema is not as ${migration === undefined ? "it was before" : `${migration} left it`}: ${told}`,
      hint: "look at it now: slipway migrate drift shows the difference; mend it, or restore the last backup",
    },
    "rollbackFailed",
  );
}
