import { compareExpectations } from "../core/expect/compare-expectations.ts";
import { planReport, describeMigratePlan } from "../core/migration/plan-report.ts";
import { loadConfig } from "./compose.ts";
import {
  composeInspection,
  composeReadMigrations,
  composeWaiverRules,
  migrationsFolder,
} from "./compose-migrations.ts";
import { composeStage } from "./compose-rehearsal.ts";
import { findProject, type Project } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigratePlanOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";
import { appliedIds } from "./run-migrate-rehearse.ts";

/** `slipway migrate plan`. */
export async function runMigratePlan(options: MigratePlanOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const report = await planOf(project, options);
  await printAnswer(report, describeMigratePlan, options);
}

function planOf(project: Project, options: MigratePlanOptions) {
  if (options.render === true) return rendered(project, options);
  return options.rehearsal === true ? executed(project, options) : planned(project, options);
}

async function executed(project: Project, options: MigratePlanOptions) {
  const applied = await appliedIds(project, options);
  const { migrations } = await (await composeReadMigrations())(migrationsFolder(project));
  const pending = migrations.filter(({ id }) => !applied.includes(id));
  return interruptible(async ({ stop }) => {
    await using composed = await composeStage(project, options, stop);
    const run = await composed.stage.rehearse({ applied, roundTrip: false, signal: stop });
    return planReport({
      level: "executed",
      app: project.config.app,
      environment: options.env ?? null,
      applied: applied.length,
      pending,
      seconds: new Map(run.rehearsals.map(({ id, seconds }) => [id, seconds.up])),
      problems: [...run.problems, ...run.rehearsals.flatMap(({ problems }) => problems)],
    });
  });
}

async function rendered(project: Project, options: MigratePlanOptions) {
  const [read, rules] = await Promise.all([
    composeReadMigrations(),
    composeWaiverRules(project.config, options),
  ]);
  const { migrations, problems } = await read(migrationsFolder(project), rules);
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
  const expected = project.config.database?.expect;
  const unmet = expected && compareExpectations(expected, (await composed.inspection.schema()).snapshot);
  return planReport({ ...composed.subject, ...facts, pending, problems, ...(unmet && { unmet }) });
}
