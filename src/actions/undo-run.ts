import { restoreCommand } from "../core/backup/restore-command.ts";
import type { BackupProof } from "../core/backup/types.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { UndoTarget } from "../core/migration/choose-down.ts";
import { migrationRecord } from "../core/migration/run-record.ts";
import { schemaLeft } from "../core/migration/schema-left.ts";
import type { Clock } from "../ports/clock.ts";
import type { MigrationOutcome, MigrationRunOptions, Migrations } from "../ports/migrations.ts";

/** How an undoing ended. */
export interface UndoEnd {
  /** Empty: the schema is as it was. */
  readonly problems: readonly Problem[];
  /** Files of the downs that ran. */
  readonly undone: readonly string[];
  /** Hex SHA-256; null: nobody can say. */
  readonly schema: string | null;
  /** Facts for the record. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Undoes what a run has done by its downs, and sees whether the schema is what it was before. */
export async function undoRun(
  migrations: Migrations,
  target: UndoTarget,
  run: MigrationRunOptions,
  { backup, clock }: { readonly backup: BackupProof | undefined; readonly clock: Pick<Clock, "now"> },
): Promise<UndoEnd> {
  const began = clock.now();
  const before = await migrations.schema();
  const { version: versionBefore, migrations: known } = await migrations.facts(target.files);
  const outcome = await reverted(migrations, target, run);

  const isBack = outcome.kind === "applied";
  const schema = isBack ? target.schema : (outcome.schema?.after ?? null);
  const left = isBack ? undefined : outcome.schema;
  const ran = outcome.ran ?? [];
  const undone = ran.map(({ file }) => file);
  const record = migrationRecord({
    direction: "down",
    ran,
    failed: isBack ? undefined : outcome.failed,
    known,
    stayed: isBack ? [] : outcome.stayed,
    versionBefore,
    version: await versionAfter(migrations),
    schemaBefore: before,
    schema,
    left,
    backup: backup?.id ?? null,
    seconds: Math.round(clock.now() - began) / 1000,
  });
  const data = { ...record, back: target.schema };
  if (isBack) return { problems: [], undone, schema, data };

  const problem = schemaLeft({
    at: target.files[0] ?? "",
    changes: record.left,
    because: [
      undone.length === 0 ? "its down has failed" : `undone by ${undone.join(", ")}, and then it failed`,
    ],
    restore: backup && restoreCommand(backup),
  });
  const stopped = { schemaBefore: target.schema, schema, changes: record.left };
  return { problems: [outcome.problem, problem], undone, schema, data: { ...data, stopped } };
}

async function reverted(
  migrations: Migrations,
  target: UndoTarget,
  run: MigrationRunOptions,
): Promise<MigrationOutcome> {
  try {
    return await migrations.revert({ ...run, target });
  } catch (error) {
    const [problem] = error instanceof SlipwayError ? error.problems : [];
    if (problem === undefined) throw error;
    return { kind: "failed", problem, stayed: [] };
  }
}

async function versionAfter(migrations: Migrations): Promise<string | null> {
  try {
    return (await migrations.facts([])).version;
  } catch (error) {
    if (error instanceof SlipwayError) return null;
    throw error;
  }
}
