import { dataReport, describeData } from "../core/data-check/data-report.ts";
import { loadConfig } from "./compose.ts";
import { composeAnyInspection } from "./compose-own-database.ts";
import { findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateCheckOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate check`. */
export async function runMigrateCheck(options: MigrateCheckOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  await interruptible(async ({ stop }) => {
    await using composed = await composeAnyInspection(project, options, stop);
    const facts = await composed.inspection.data({ thorough: options.thorough === true });
    await printAnswer(dataReport(composed.subject, facts), describeData, options);
  });
}
