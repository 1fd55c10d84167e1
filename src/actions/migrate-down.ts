import type { DownTarget } from "../core/migration/choose-down.ts";
import type { MigrateReport } from "../core/migration/report.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { migrateUnderLease, type MigrateRequest } from "./migrate-under-lease.ts";
import type { StopSignals } from "./run-context.ts";

/** Undoes migrations of an environment's database by their downs, under its lease and on the record. */
export function migrateDown(
  request: MigrateRequest,
  target: DownTarget,
  ports: DeploymentPorts,
  signals: StopSignals,
): Promise<MigrateReport> {
  return migrateUnderLease(request, { purpose: "migrate down", target }, ports, signals);
}
