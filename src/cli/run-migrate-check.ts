import { dataReport, describeData } from "../core/data-check/data-report.ts";
import { loadConfig } from "./compose.ts";
import { composeInspection } from "./compose-migrations.ts";
import { findProject } from "./find-project.ts";
import type { MigrateCheckOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate check`. */
export async function runMigrateCheck(options: MigrateCheckOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await using composed = await composeInspection(project, options);
  const facts = await composed.inspection.data({ thorough: options.thorough === true });
  await printAnswer(dataReport(composed.subject, facts), describeData, options);
}
