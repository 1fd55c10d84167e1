import { restoreAdvice } from "../core/backup/restore-command.ts";
import type { BackupProof } from "../core/backup/types.ts";
import { StepFailed } from "./step-faults.ts";
import type { Steps } from "./steps.ts";

/** Tells how to restore the backup when a migration failed and left the schema other than it found it. */
export function tellWayBack(
  error: unknown,
  backup: BackupProof | undefined,
  steps: Pick<Steps, "warn">,
): void {
  if (backup === undefined || !(error instanceof StepFailed)) return;
  const { schema, schemaBefore } = error.data;
  if (schema !== schemaBefore) steps.warn(restoreAdvice(backup));
}
