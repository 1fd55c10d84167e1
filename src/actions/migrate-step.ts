import type { DatabaseConfig } from "../core/config/types.ts";
import { compareExpectations } from "../core/expect/compare-expectations.ts";
import { describeMigrationEvent, type MigrationEvent } from "../core/migration/run-event.ts";
import type { Migrations } from "../ports/migrations.ts";
import { openAppMigrations } from "./open-app-migrations.ts";
import type { RunContext } from "./run-context.ts";
import { Interrupted, StepFailed } from "./step-faults.ts";
import type { StepResult } from "./steps.ts";

/**
 * Applies the pending migrations of the app's database, if it has one. A failed one has undone itself.
 *
 * @param applied told of the files that are applied when the step ends, whichever way
 */
export async function migrateStep(
  context: RunContext,
  fence: number,
  signal: AbortSignal,
  applied: (files: readonly string[]) => void,
): Promise<StepResult> {
  const { config, ports } = context;
  if (config.database === undefined) return { says: "no database", outcome: "skipped" };

  const migrations = await openAppMigrations(config.database, context, ports);
  try {
    const plan = await migrations.plan();
    if (plan.kind === "refused") throw new StepFailed("migrate", plan.problems);
    const before = await migrations.schema();
    if (plan.kind === "nothing-to-do") {
      const data = { schemaBefore: before, schema: before };
      await demandExpected(config.database, migrations, data);
      return { says: `nothing pending, ${plan.applied} applied`, outcome: "skipped", data };
    }

    const tell = (event: MigrationEvent) => {
      // What ran is told when the step ends.
      if (event.kind !== "ran") ports.reporter.note(describeMigrationEvent(event));
    };
    const outcome = await migrations.apply({ fence, signal, tell });
    applied(outcome.kind === "failed" ? outcome.stayed : outcome.ran.map(({ file }) => file));
    if (outcome.kind === "failed") {
      if (signal.aborted) throw new Interrupted(`interrupted: ${outcome.problem.says}`);
      const data = { stayed: outcome.stayed, schemaBefore: before, schema: await migrations.schema() };
      throw new StepFailed("migrate", [withWhatStayed(outcome.problem, outcome.stayed)], data);
    }
    const files = outcome.ran.map(({ file }) => file);
    const data = { ran: outcome.ran, schemaBefore: before, schema: await migrations.schema() };
    await demandExpected(config.database, migrations, { ...data, stayed: files });
    return { says: files.join(", "), data };
  } finally {
    await migrations.close();
  }
}

/** The gate before the app's code meets the database: what it relies on is there, whoever deploys. */
async function demandExpected(
  { expect }: DatabaseConfig,
  migrations: Migrations,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (expect === undefined) return;
  const problems = compareExpectations(expect, await migrations.describe());
  if (problems.length > 0) throw new StepFailed("migrate", problems, data);
}

function withWhatStayed<P extends { readonly says: string }>(problem: P, stayed: readonly string[]): P {
  if (stayed.length === 0) return { ...problem, says: `${problem.says}; the schema is as it was` };
  return { ...problem, says: `${problem.says}; what ran before it stays: ${stayed.join(", ")}` };
}
