import type { Config, DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import { waiverRules } from "../core/migration/waiver-rules.ts";
import { secretName } from "../core/names.ts";
import type { Migrations } from "../ports/migrations.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";

const MINUTE_MS = 60_000;

/** Opens the migrations of an environment's database, with what its policy demands of those that go up. */
export async function openAppMigrations(
  database: DatabaseConfig,
  { config, environment }: { readonly config: Config; readonly environment: EnvironmentConfig },
  ports: Pick<DeploymentPorts, "openMigrations" | "secrets" | "proofTools">,
  way: "up" | "down" = "up",
): Promise<Migrations> {
  const url = await ports.secrets.read(secretName(database.urlSecret, environment.name));
  const { migrations: folder } = database;
  const { rehearsed: demandsRehearsal, alertAfterMinutes } = environment.policy.migrations;
  const alert = alertAfterMinutes === undefined ? {} : { alertAfterMs: alertAfterMinutes * MINUTE_MS };
  // No day that has passed and no signature that is missing stands before the way back.
  if (way === "down") return ports.openMigrations({ url, folder, waivers: "unasked", ...alert });
  const waivers = waiverRules(config, environment, ports.proofTools);
  return ports.openMigrations({ url, folder, demandsRehearsal, waivers, ...alert });
}
