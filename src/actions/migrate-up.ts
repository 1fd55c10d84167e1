import type { MigrateReport } from "../core/migration/report.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { migrateUnderLease, type MigrateRequest } from "./migrate-under-lease.ts";
import type { StopSignals } from "./run-context.ts";

export type { MigrateRequest } from "./migrate-under-lease.ts";

/** Applies the pending migrations of an environment's database, under its lease and on the record. */
export function migrateUp(
  request: MigrateRequest,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<MigrateReport> {
  return migrateUnderLease(request, { purpose: "migrate up" }, ports, signals);
}
