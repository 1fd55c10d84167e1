import { EXIT_CODES, type Problem } from "../errors.ts";
import { describeChange, describeChanges, type SchemaChange } from "./compare-schemas.ts";

/** The answer of `migrate drift`. */
export interface DriftReport {
  readonly verdict: "same" | "drifted" | "unknown" | "unfinished" | "forged";
  readonly app: string;
  readonly environment: string | null;
  /** The migration whose schema is expected; null: nothing ran. */
  readonly migration: string | null;
  /** Hex SHA-256; null: not known. */
  readonly expected: string | null;
  readonly found: string;
  readonly changes: readonly SchemaChange[];
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** What the verdict says to a gate: nothing may be deployed onto a schema that somebody changed by hand. */
export function driftProblems(
  verdict: DriftReport["verdict"],
  migration: string | undefined,
  changes: readonly SchemaChange[],
): readonly Problem[] {
  if (verdict === "drifted") {
    return [
      {
        code: "SCHEMA_DRIFTED",
        at: "database",
        says: `differs from what ${migration} left in ${changes.length} ${changes.length === 1 ? "place" : "places"}: ${summary(changes)}`,
        hint: "put the change into a migration, or undo it; slipway migrate drift shows all of it",
      },
    ];
  }
  if (verdict === "forged") {
    return [
      {
        code: "SCHEMA_SNAPSHOT_FORGED",
        at: "slipway_migrations.schema_snapshots",
        says: `the kept schema of ${migration} is not the one that its hash was made of`,
        hint: "find out who wrote into slipway_migrations; the ledger has the hash",
      },
    ];
  }
  return [];
}

const SHOWN = 8;

function summary(changes: readonly SchemaChange[]): string {
  const lines = changes.slice(0, SHOWN).map((change) => describeChange(change));
  return lines.join("; ") + (changes.length > SHOWN ? `; and ${changes.length - SHOWN} more` : "");
}

/** The exit code of a drift: a gate is closed. */
export function driftExit(problems: readonly Problem[]): number {
  return EXIT_CODES[problems.length === 0 ? "done" : "gateClosed"].code;
}

/** The drift as people read it. */
export function describeDrift(report: DriftReport): string {
  const found = report.found.slice(0, 12);
  switch (report.verdict) {
    case "same":
      return `the schema is as ${report.migration} left it (${found})`;
    case "drifted":
      return `the schema is not as ${report.migration} left it (+ new, - gone, ~ changed)\n${describeChanges(report.changes)}`;
    case "unknown":
      return report.migration === null
        ? `nothing has run here, so there is nothing to compare with (${found})`
        : `what ${report.migration} left was not kept, so there is nothing to compare with (${found})`;
    case "unfinished":
      return `${report.migration} was begun and has not ended, so the schema is compared when it has (${found})`;
    case "forged":
      return `the kept schema of ${report.migration} was changed and proves nothing`;
    default:
      return report.verdict satisfies never;
  }
}
