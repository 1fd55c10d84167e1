import type { BackupProof } from "../core/backup/types.ts";
import type { UndoTarget } from "../core/migration/choose-down.ts";
import { openAppMigrations } from "./open-app-migrations.ts";
import type { RunContext } from "./run-context.ts";
import { MigrationFailed, StepFailed } from "./step-faults.ts";
import type { StepIntent, StepResult } from "./steps.ts";
import { tellMigration } from "./tell-migration.ts";
import type { Tenure } from "./under-lease.ts";
import { undoRun } from "./undo-run.ts";

/**
 * Undoes what a run of migrations has left, as a step of its own, where rules let it go by itself. Throws `StepFailed` with
 * all that went wrong when the schema did not become what it was before; else the caller goes on with the failure.
 */
export async function undoStep(
  error: unknown,
  backup: BackupProof | undefined,
  context: RunContext,
  { fence, leave }: Tenure,
): Promise<void> {
  if (!(error instanceof MigrationFailed) || error.undo === undefined) return;
  const { undo } = error;
  const { config, ports, steps } = context;
  const { database } = config;
  if (database === undefined) throw new Error("a migration failed without a database");

  await steps.take(
    "rollback-migrate",
    undo.files.join(", "),
    leave,
    async () => {
      const migrations = await openAppMigrations(database, context, ports, "down");
      try {
        const run = { fence, signal: leave, tell: tellMigration(ports.reporter) };
        const end = await undoRun(migrations, undo, run, { backup, clock: ports.clock });
        return undone(end, error);
      } finally {
        await migrations.close();
      }
    },
    undoIntent(undo, error),
  );
}

/** What is on record before anything is undone. */
export function undoIntent(undo: UndoTarget, error: MigrationFailed): StepIntent & { readonly data: object } {
  return { data: { files: undo.files, back: undo.schema, because: error.problems } };
}

/** How a step that undid a run ended. Throws `StepFailed` when it did not. */
export function undone(
  { problems, undone: files, data }: Awaited<ReturnType<typeof undoRun>>,
  error: MigrationFailed,
): StepResult {
  if (problems.length > 0) throw new StepFailed("rollback-migrate", [...error.problems, ...problems], data);
  return { says: `undone by ${files.join(", ")}; the schema is as it was`, data };
}
