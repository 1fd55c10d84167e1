import { restoreAdvice } from "../core/backup/restore-command.ts";
import type { BackupProof } from "../core/backup/types.ts";
import { isSchemaLeft } from "../core/migration/schema-left.ts";
import { MigrationFailed, StepFailed } from "./step-faults.ts";
import type { Steps } from "./steps.ts";

/**
 * Tells how to restore the backup when a migration failed and what ran before it stays. Where the schema itself is not as
 * it was, the problem says so already; where all was undone there is nothing to go back from.
 */
export function tellWayBack(
  error: unknown,
  backup: BackupProof | undefined,
  steps: Pick<Steps, "warn">,
): void {
  if (backup === undefined || !(error instanceof StepFailed) || isSchemaLeft(error.problems)) return;
  if (error instanceof MigrationFailed && error.undo !== undefined) return;
  const { schema, schemaBefore } = error.data;
  if (schema !== schemaBefore) steps.warn(restoreAdvice(backup));
}
