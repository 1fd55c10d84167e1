import { inspectionExit, pendingFact, type MigrateStatusReport } from "../core/migration/status-report.ts";
import type { MigrationInspection } from "../ports/migration-inspection.ts";

/** Which database is asked about. */
export interface InspectionSubject {
  readonly app: string;
  readonly environment: string | null;
}

/** What ran in a database and what has not. Changes nothing. */
export async function migrateStatus(
  { app, environment }: InspectionSubject,
  inspection: MigrationInspection,
): Promise<MigrateStatusReport> {
  const { applied, pending, problems } = await inspection.inspect();

  const exitCode = inspectionExit(problems);
  return { app, environment, applied, pending: pending.map(pendingFact), problems, exitCode };
}
