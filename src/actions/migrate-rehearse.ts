import { rehearsalExit, type RehearsalReport } from "../core/rehearsal/report.ts";
import type { RehearsalStage } from "../ports/rehearsal.ts";

export interface RehearseRequest {
  readonly app: string;
  /** Ids of the migrations that the target has. */
  readonly applied: readonly string[];
  /** Whether what passed is kept as a proof. */
  readonly write: boolean;
  readonly signal: AbortSignal;
}

/** Takes what is pending up, down and up again in a database of its own. */
export async function migrateRehearse(
  { app, applied, write, signal }: RehearseRequest,
  stage: RehearsalStage,
): Promise<RehearsalReport> {
  const { postgres, rehearsals, waived, problems } = await stage.rehearse({
    applied,
    roundTrip: true,
    signal,
  });

  const all = [...problems, ...rehearsals.flatMap((one) => one.problems)];
  const outcome = all.length === 0 ? "passed" : "failed";
  const report = { app, postgres, rehearsals, waived, problems: all, exitCode: rehearsalExit(outcome) };

  if (write && problems.length === 0) await stage.keep(rehearsals);
  return { outcome, ...report };
}
