import { migrateStatus } from "../actions/migrate-status.ts";
import { describeMigrateStatus } from "../core/migration/status-report.ts";
import { loadConfig } from "./compose.ts";
import { composeInspection } from "./compose-migrations.ts";
import { findProject } from "./find-project.ts";
import type { MigrateLookOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate status`. */
export async function runMigrateStatus(options: MigrateLookOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await using composed = await composeInspection(project, options);
  const report = await migrateStatus(composed.subject, composed.inspection);
  await printAnswer(report, describeMigrateStatus, options);
}
