import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { migrationsLeft, type MigrationsLeft } from "../core/deployment/migrations-left.ts";
import type { SchemaStop } from "../core/deployment/schema-stop.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { openAppMigrations } from "./open-app-migrations.ts";

interface Subject {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
}

/** What runs of migrations have left that nobody has put right, as the ledger tells. */
export async function readMigrationsLeft(
  { config, environment }: Subject,
  { leases, releases }: Pick<DeploymentPorts, "leases" | "releases">,
): Promise<MigrationsLeft> {
  if (config.database === undefined) return { stop: undefined, open: undefined };
  // The lease first: who takes it after this look has not written anything so soon.
  const lease = await leases.current(config.app, environment.name);
  const trail = await releases.migrationTrail(config.app, environment.name);
  return migrationsLeft(trail, { environment: environment.name, held: lease?.fence });
}

/** Whether somebody has brought the schema back since. */
export async function isSchemaBack(
  { schemaBefore }: SchemaStop,
  request: Subject,
  ports: DeploymentPorts,
): Promise<boolean> {
  const { database } = request.config;
  if (database === undefined) return true;
  const migrations = await openAppMigrations(database, request, ports, "down");
  try {
    return (await migrations.schema()) === schemaBefore;
  } finally {
    await migrations.close();
  }
}
