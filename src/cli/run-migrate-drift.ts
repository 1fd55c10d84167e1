import { migrateDrift } from "../actions/migrate-drift.ts";
import { againstReport, describeAgainst } from "../core/schema/against-report.ts";
import { describeDrift } from "../core/schema/drift-report.ts";
import { loadConfig } from "./compose.ts";
import { composeAnyInspection, loadSnapshot, snapshotOf } from "./compose-own-database.ts";
import { findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateDriftOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate drift`. */
export async function runMigrateDrift(options: MigrateDriftOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { against } = options;
  const kept = against === undefined ? undefined : await loadSnapshot(against);
  await interruptible(async ({ stop }) => {
    await using composed = await composeAnyInspection(project, options, stop);
    if (against === undefined || kept === undefined) {
      const report = await migrateDrift(composed.subject, composed.inspection);
      return printAnswer(report, describeDrift, options);
    }
    const report = againstReport(against, kept, await snapshotOf(composed));
    await printAnswer(report, describeAgainst, options);
  });
}
