import { migrateRls } from "../actions/migrate-rls.ts";
import { SlipwayError } from "../core/errors.ts";
import { describeRls } from "../core/rls/rls-report.ts";
import { loadConfig } from "./compose.ts";
import { composeRowSecurity } from "./compose-row-security.ts";
import { findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateRehearseOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate rls`. */
export async function runMigrateRls(options: MigrateRehearseOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { app, database } = project.config;
  const rls = database?.rls;
  if (rls === undefined) {
    throw new SlipwayError(
      {
        code: "RLS_NOT_CONFIGURED",
        at: "database/rls",
        says: `${app} does not say how it keeps tenants apart`,
        hint: 'add database.rls, for example { tenantColumn: "clinic_id", tenantSetting: "app.clinic_id", appRole: "diary_app" }',
      },
      "usage",
    );
  }
  await interruptible(async ({ stop }) => {
    await using composed = await composeRowSecurity(project, options, stop);
    const plant = options.env === undefined && options.urlEnv === undefined;
    const subject = { app, environment: options.env ?? null };
    const report = await migrateRls(subject, rls, { plant, signal: stop }, composed.probe);
    await printAnswer(report, describeRls, options);
  });
}
