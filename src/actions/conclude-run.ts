import { restoreCommand } from "../core/backup/restore-command.ts";
import type { BackupProof } from "../core/backup/types.ts";
import type { Problem } from "../core/errors.ts";
import type { UndoTarget } from "../core/migration/choose-down.ts";
import { schemaLeft } from "../core/migration/schema-left.ts";
import type { JudgedRun } from "./migrate-and-judge.ts";

/** What a run of migrations is told as. */
export interface ConcludedRun {
  /** Empty: it ended well. */
  readonly problems: readonly Problem[];
  /** Facts for the record. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What has to be undone now. */
  readonly undo: UndoTarget | undefined;
}

/** What is told and done about a run. Where the schema is not as it was and nothing may undo that, a person is told how to. */
export function concludeRun(run: JudgedRun, backup: BackupProof | undefined): ConcludedRun {
  const { outcome, record, problems, undo, back, warnings } = run;
  const data = { ...record, ...(warnings.length > 0 && { warnings }) };
  if (undo.kind === "nothing") return { problems, data, undo: undefined };
  if (undo.kind === "undo") {
    const { files } = undo;
    return { problems, data: { ...data, undoes: files }, undo: { files, schema: back } };
  }

  const stays = outcome.kind === "applied" ? [`what ran stays: ${record.stayed.join(", ")}`] : [];
  const problem = schemaLeft({
    at: record.failed?.file ?? "",
    changes: record.left,
    because: [...stays, ...undo.because],
    restore: backup && restoreCommand(backup),
  });
  const stopped = { schemaBefore: back, schema: record.schema, changes: record.left };
  return { problems: [...problems, problem], data: { ...data, stopped }, undo: undefined };
}
