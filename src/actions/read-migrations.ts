import { SlipwayError, type Problem } from "../core/errors.ts";
import type { ReleaseMigration } from "../core/release/types.ts";
import { openAppMigrations } from "./open-app-migrations.ts";
import type { RunContext } from "./run-context.ts";
import { unmetExpectations } from "./unmet-expectations.ts";

/** How the database stands to the files: what is pending, or why that cannot be said. */
export type MigrationsFound =
  | {
      readonly kind: "known";
      readonly applied: number;
      readonly pending: readonly ReleaseMigration[];
      /** What the app relies on and the database does not have as it is now. */
      readonly unmet: readonly Problem[];
    }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Compares the app's migrations with its database. Changes nothing. */
export async function readMigrations({ config, environment, ports }: RunContext): Promise<MigrationsFound> {
  if (config.database === undefined) return { kind: "known", applied: 0, pending: [], unmet: [] };
  try {
    const migrations = await openAppMigrations(config.database, { config, environment }, ports);
    try {
      const plan = await migrations.plan();
      if (plan.kind === "refused") return plan;
      const unmet = await unmetExpectations(config.database, migrations);
      const pending = plan.kind === "planned" ? plan.pending : [];
      return { kind: "known", applied: plan.applied, pending, unmet };
    } finally {
      await migrations.close();
    }
  } catch (error) {
    if (error instanceof SlipwayError && error.exit === "verifyFailed")
      return { kind: "refused", problems: error.problems };
    throw error;
  }
}
