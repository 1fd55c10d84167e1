import { migrateRehearse } from "../actions/migrate-rehearse.ts";
import { describeRehearsal } from "../core/rehearsal/report.ts";
import { loadConfig } from "./compose.ts";
import { composeInspection } from "./compose-migrations.ts";
import { composeStage } from "./compose-rehearsal.ts";
import { findProject, type Project } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateLookOptions, MigrateRehearseOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate rehearse`. */
export async function runMigrateRehearse(options: MigrateRehearseOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const applied = await appliedIds(project, options);
  await interruptible(async ({ stop }) => {
    await using composed = await composeStage(project, options, stop);
    const request = { app: project.config.app, applied, write: options.write === true, signal: stop };
    const report = await migrateRehearse(request, composed.stage);
    await printAnswer(report, describeRehearsal, options);
  });
}

/** What the target has, when there is one. */
export async function appliedIds(project: Project, options: MigrateLookOptions): Promise<readonly string[]> {
  if (options.env === undefined && options.urlEnv === undefined) return [];
  await using composed = await composeInspection(project, options);
  return (await composed.inspection.inspect()).applied.map(({ id }) => id);
}
