import { describeMigrationEvent, type MigrationEvent } from "../core/migration/run-event.ts";
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
  const { config, environment, ports } = context;
  if (config.database === undefined) return { says: "no database", outcome: "skipped" };

  const migrations = await openAppMigrations(config.database, environment, ports);
  try {
    const plan = await migrations.plan();
    if (plan.kind === "refused") throw new StepFailed("migrate", plan.problems);
    const before = await migrations.schema();
    if (plan.kind === "nothing-to-do") {
      return {
        says: `nothing pending, ${plan.applied} applied`,
        outcome: "skipped",
        data: { schemaBefore: before, schema: before },
      };
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
    return {
      says: outcome.ran.map(({ file }) => file).join(", "),
      data: { ran: outcome.ran, schemaBefore: before, schema: await migrations.schema() },
    };
  } finally {
    await migrations.close();
  }
}

function withWhatStayed<P extends { readonly says: string }>(problem: P, stayed: readonly string[]): P {
  if (stayed.length === 0) return { ...problem, says: `${problem.says}; the schema is as it was` };
  return { ...problem, says: `${problem.says}; what ran before it stays: ${stayed.join(", ")}` };
}
