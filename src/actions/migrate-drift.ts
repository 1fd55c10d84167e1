import { compareSchemas } from "../core/schema/compare-schemas.ts";
import { driftExit, driftProblems, type DriftReport } from "../core/schema/drift-report.ts";
import type { MigrationInspection } from "../ports/migration-inspection.ts";
import type { InspectionSubject } from "./migrate-status.ts";

/** Compares a database's schema with what its last migration left. Changes nothing. */
export async function migrateDrift(
  { app, environment }: InspectionSubject,
  inspection: MigrationInspection,
): Promise<DriftReport> {
  const expected = await inspection.expected();
  const found = await inspection.schema();

  const changes = expected.kind === "kept" ? compareSchemas(expected.snapshot, found.snapshot) : [];
  const isSame = expected.kind === "kept" && expected.sha256 === found.sha256;
  const verdict = expected.kind === "kept" ? (isSame ? "same" : "drifted") : expected.kind;
  const problems = driftProblems(verdict, expected.migration, changes);
  return {
    verdict,
    app,
    environment,
    migration: expected.migration ?? null,
    expected: "sha256" in expected ? expected.sha256 : null,
    found: found.sha256,
    changes,
    problems,
    exitCode: driftExit(problems),
  };
}
