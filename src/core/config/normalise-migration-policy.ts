import type { WrittenConfig } from "./schema.ts";
import { normaliseRuns } from "./runs.ts";
import type { MigrationPolicy } from "./policy-types.ts";

/** What an environment demands of its migrations; `production` demands all of it unless it says otherwise. */
export function normaliseMigrationPolicy(
  env: string,
  { migrations = {} }: WrittenConfig["environments"][string],
): MigrationPolicy {
  const isProduction = env === "production";
  return {
    rehearsed: migrations.rehearsed ?? isProduction,
    drift: migrations.drift ?? (isProduction ? "refuse" : "note"),
    waivers: migrations.waivers ?? (isProduction ? "signed" : "noted"),
    ...(migrations.alertAfterMinutes !== undefined && { alertAfterMinutes: migrations.alertAfterMinutes }),
    ...(migrations.runs && { runs: normaliseRuns(migrations.runs) }),
  };
}
