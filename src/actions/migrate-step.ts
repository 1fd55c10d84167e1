import type { BackupProof } from "../core/backup/types.ts";
import type { DatabaseConfig } from "../core/config/types.ts";
import type { Migrations } from "../ports/migrations.ts";
import { concludeRun } from "./conclude-run.ts";
import { migrateAndJudge } from "./migrate-and-judge.ts";
import { openAppMigrations } from "./open-app-migrations.ts";
import type { RunContext } from "./run-context.ts";
import { Interrupted, MigrationFailed, StepFailed } from "./step-faults.ts";
import type { StepResult } from "./steps.ts";
import { tellMigration } from "./tell-migration.ts";
import { unmetExpectations } from "./unmet-expectations.ts";

/**
 * Applies the pending migrations of the app's database, if it has one. Throws `MigrationFailed` with what has to be undone
 * when one fails, or when all ran and left the data with new defects.
 *
 * @param applied told of the files that are applied when the step ends, whichever way
 */
export async function migrateStep(
  context: RunContext,
  run: { readonly fence: number; readonly signal: AbortSignal; readonly backup: BackupProof | undefined },
  applied: (files: readonly string[]) => void,
): Promise<StepResult> {
  const { config, ports, steps } = context;
  const { fence, signal, backup } = run;
  if (config.database === undefined) return { says: "no database", outcome: "skipped" };

  const migrations = await openAppMigrations(config.database, context, ports);
  try {
    const plan = await migrations.plan();
    if (plan.kind === "refused") throw new StepFailed("migrate", plan.problems);
    const schemaBefore = await migrations.schema();
    if (plan.kind === "nothing-to-do") {
      const data = { schemaBefore, schema: schemaBefore };
      await demandExpected(config.database, migrations, data);
      return { says: `nothing pending, ${plan.applied} applied`, outcome: "skipped", data };
    }

    const order = { fence, signal, tell: tellMigration(ports.reporter) };
    const given = { schemaBefore, backup: backup?.id ?? null, clock: ports.clock };
    const judged = await migrateAndJudge(migrations, order, given);

    const { record, outcome, interrupted } = judged;
    const files = record.ran.map(({ file }) => file);
    applied(outcome.kind === "failed" ? outcome.stayed : files);
    for (const warning of judged.warnings) steps.warn(warning);
    const { problems, data, undo } = concludeRun(judged, backup);
    if (interrupted) throw new Interrupted(`interrupted: ${problems[0]?.says ?? ""}`, data);
    if (problems.length > 0) throw new MigrationFailed({ problems, data, undo });
    await demandExpected(config.database, migrations, { ...data, stayed: files });
    return { says: files.join(", "), data };
  } finally {
    await migrations.close();
  }
}

/** The gate before the app's code meets the database: what it relies on is there, whoever deploys. */
async function demandExpected(
  database: DatabaseConfig,
  migrations: Migrations,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const problems = await unmetExpectations(database, migrations);
  if (problems.length > 0) throw new StepFailed("migrate", problems, data);
}
