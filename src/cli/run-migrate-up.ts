import { migrateUp } from "../actions/migrate-up.ts";
import { describeMigrateReport } from "../core/migration/report.ts";
import { composeDeployment, loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateOptions } from "./migrate-command.ts";
import { printOut } from "./out.ts";

/** `slipway migrate up`. */
export async function runMigrateUp(options: MigrateOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const { reporter } = composed.ports;
    const report = await migrateUp({ config, environment }, composed.ports, signals);

    for (const problem of report.problems) reporter.problem(problem);
    await reporter.end();
    const answer = options.json === true ? JSON.stringify(report, null, 2) : describeMigrateReport(report);
    printOut(answer, options.json === true ? "json" : "text");
    process.exitCode = report.exitCode;
  });
}
