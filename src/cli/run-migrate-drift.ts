import { migrateDrift } from "../actions/migrate-drift.ts";
import { describeDrift } from "../core/schema/drift-report.ts";
import { loadConfig } from "./compose.ts";
import { composeInspection } from "./compose-migrations.ts";
import { findProject } from "./find-project.ts";
import type { MigrateLookOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate drift`. */
export async function runMigrateDrift(options: MigrateLookOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await using composed = await composeInspection(project, options);
  const report = await migrateDrift(composed.subject, composed.inspection);
  await printAnswer(report, describeDrift, options);
}
