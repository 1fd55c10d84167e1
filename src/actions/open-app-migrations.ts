import type { DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import { secretName } from "../core/names.ts";
import type { Migrations } from "../ports/migrations.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";

/** Opens the migrations of an environment's database, with what its policy demands of those that go up. */
export async function openAppMigrations(
  database: DatabaseConfig,
  environment: EnvironmentConfig,
  ports: Pick<DeploymentPorts, "openMigrations" | "secrets">,
  way: "up" | "down" = "up",
): Promise<Migrations> {
  const url = await ports.secrets.read(secretName(database.urlSecret, environment.name));
  const demandsRehearsal = way === "up" && environment.policy.migrations.rehearsed;
  return ports.openMigrations({ url, folder: database.migrations, demandsRehearsal });
}
