import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { Observed } from "../core/deployment/plan.ts";
import { schemaStop, type SchemaStop } from "../core/deployment/schema-stop.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { openAppMigrations } from "./open-app-migrations.ts";

/** Whether the latest deployment has left another schema than it found, as its records tell. */
export async function readSchemaStop(
  { latest }: Pick<Observed, "latest">,
  { journal }: Pick<DeploymentPorts, "journal">,
): Promise<SchemaStop | undefined> {
  if (latest?.outcome !== "rollback-failed") return undefined;
  return schemaStop(await journal.records(latest.deploymentId));
}

/** Whether somebody has brought the schema back since. */
export async function isSchemaBack(
  { schemaBefore }: SchemaStop,
  request: { readonly config: Config; readonly environment: EnvironmentConfig },
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
