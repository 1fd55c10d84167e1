import type { Problem } from "../core/errors.ts";
import { migrateExit, type MigrateOutcome, type MigrateReport } from "../core/migration/report.ts";
import type { MigrationOutcome } from "../ports/migrations.ts";
import type { Tenure } from "./under-lease.ts";

/** What a run of migrations tells in its report. */
export function answerOf(
  outcome: MigrationOutcome,
  { stop }: Tenure,
  isUp: boolean,
): Pick<MigrateReport, "outcome" | "ran" | "stayed" | "problems" | "exitCode"> {
  if (outcome.kind === "applied") {
    const done = isUp ? "migrated" : outcome.ran.length === 0 ? "nothing-to-do" : "reverted";
    return { outcome: done, ran: outcome.ran, stayed: [], problems: [], exitCode: migrateExit(done) };
  }
  const how = howItFailed(outcome.problem, stop.aborted);
  return {
    outcome: how,
    ran: [],
    stayed: outcome.stayed,
    problems: [outcome.problem],
    exitCode: migrateExit(how),
  };
}

/** What is refused before anything runs. */
const REFUSED = new Set(["MIGRATION_COUNT", "MIGRATION_NOT_APPLIED", "MIGRATION_IRREVERSIBLE"]);

function howItFailed({ code }: Problem, stopped: boolean): MigrateOutcome {
  if (stopped) return "interrupted";
  if (REFUSED.has(code)) return "refused";
  if (code === "MIGRATION_DOWN_DIFFERS") return "left-different";
  return code === "MIGRATIONS_LOCKED" ? "busy" : "failed";
}
