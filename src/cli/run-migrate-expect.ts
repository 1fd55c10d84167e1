import { expectReport, describeExpectations } from "../core/expect/expect-report.ts";
import { SlipwayError } from "../core/errors.ts";
import { loadConfig } from "./compose.ts";
import { composeAnyInspection } from "./compose-own-database.ts";
import { findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateOwnOptions } from "./migrate-command.ts";
import { printAnswer } from "./print-answer.ts";

/** `slipway migrate expect`. */
export async function runMigrateExpect(options: MigrateOwnOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const expected = project.config.database?.expect;
  if (expected === undefined) {
    throw new SlipwayError(
      {
        code: "EXPECTATIONS_NONE",
        at: "database/expect",
        says: `${project.config.app} does not say what it relies on`,
        hint: 'add database.expect, for example { tables: ["entries"] }',
      },
      "usage",
    );
  }
  await interruptible(async ({ stop }) => {
    await using composed = await composeAnyInspection(project, options, stop);
    const { snapshot } = await composed.inspection.schema();
    await printAnswer(expectReport(composed.subject, expected, snapshot), describeExpectations, options);
  });
}
