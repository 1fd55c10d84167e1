import { planReport, describeMigratePlan } from "../core/migration/plan-report.ts";
import { loadConfig } from "./compose.ts";
import { composeInspection, composeReadMigrations, migrationsFolder } from "./compose-migrations.ts";
import { findProject, type Project } from "./find-project.ts";
import type { MigratePlanOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate plan`. */
export async function runMigratePlan(options: MigratePlanOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const report = await (options.render === true ? rendered(project) : planned(project, options));
  await printAnswer(report, describeMigratePlan, options);
}

async function rendered(project: Project) {
  const read = await composeReadMigrations();
  const { migrations, problems } = await read(migrationsFolder(project));
  return planReport({
    level: "rendered",
    app: project.config.app,
    environment: null,
    applied: null,
    pending: migrations,
    seconds: new Map(),
    problems,
  });
}

async function planned(project: Project, options: MigratePlanOptions) {
  await using composed = await composeInspection(project, options);
  const { applied, pending, problems } = await composed.inspection.inspect();
  const facts = { level: "planned", applied: applied.length, seconds: new Map<string, number>() } as const;
  return planReport({ ...composed.subject, ...facts, pending, problems });
}
