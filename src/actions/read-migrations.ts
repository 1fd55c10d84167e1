import { SlipwayError, type Problem } from "../core/errors.ts";
import { secretName } from "../core/names.ts";
import type { ReleaseMigration } from "../core/release/types.ts";
import type { RunContext } from "./run-context.ts";

/** How the database stands to the files: what is pending, or why that cannot be said. */
export type MigrationsFound =
  | { readonly kind: "known"; readonly applied: number; readonly pending: readonly ReleaseMigration[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Compares the app's migrations with its database. Changes nothing. */
export async function readMigrations({ config, environment, ports }: RunContext): Promise<MigrationsFound> {
  if (config.database === undefined) return { kind: "known", applied: 0, pending: [] };
  try {
    const url = await ports.secrets.read(secretName(config.database.urlSecret, environment.name));
    const migrations = await ports.openMigrations({ url, folder: config.database.migrations });
    try {
      const plan = await migrations.plan();
      if (plan.kind === "refused") return plan;
      return { kind: "known", applied: plan.applied, pending: plan.kind === "planned" ? plan.pending : [] };
    } finally {
      await migrations.close();
    }
  } catch (error) {
    if (error instanceof SlipwayError && error.exit === "verifyFailed")
      return { kind: "refused", problems: error.problems };
    throw error;
  }
}
