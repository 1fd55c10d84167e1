import { migrateLint } from "../actions/migrate-lint.ts";
import { describeLint } from "../core/lint/lint-report.ts";
import { loadConfig } from "./compose.ts";
import { composeLinting } from "./compose-linting.ts";
import { findProject } from "./find-project.ts";
import type { MigrateLintOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";
import { appliedIds } from "./run-migrate-rehearse.ts";

/** `slipway migrate lint`. */
export async function runMigrateLint(options: MigrateLintOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const applied = await appliedIds(project, options);
  const request = { app: project.config.app, applied, major: options.major };
  const report = await migrateLint(request, await composeLinting(project, options));
  await printAnswer(report, describeLint, options);
}
