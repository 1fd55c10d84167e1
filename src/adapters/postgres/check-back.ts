import { SlipwayError } from "../../core/errors.ts";
import type { Migration } from "../../core/migration/types.ts";
import { compareSchemas, describeChanges } from "../../core/schema/compare-schemas.ts";
import type { ExpectedSchema } from "../../ports/migration-inspection.ts";
import type { KeptSnapshot } from "./kept-snapshots.ts";

/** Throws `MIGRATION_DOWN_DIFFERS` when a down ran and the schema is not as the migration before it left it. */
export function checkBack(
  undone: Migration | undefined,
  expected: ExpectedSchema,
  after: KeptSnapshot,
): void {
  if (expected.kind !== "kept" || expected.sha256 === after.sha256) return;
  const changes = describeChanges(compareSchemas(expected.snapshot, after.snapshot));
  throw new SlipwayError(
    {
      code: "MIGRATION_DOWN_DIFFERS",
      at: undone?.down.file ?? "",
      says: `ran, and the schema is not as ${expected.migration} left it: ${changes.replaceAll(/\s*\n\s*/g, "; ")}`,
      hint: "look at it now: slipway migrate drift shows the difference; mend it, or restore the last backup",
    },
    "rollbackFailed",
  );
}
