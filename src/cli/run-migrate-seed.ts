import { migrateSeed } from "../actions/migrate-seed.ts";
import { describeSeedReport } from "../core/seed/report.ts";
import { composeSeeds } from "./compose-seeds.ts";
import { composeDeployment, loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { MigrateSeedOptions } from "./migrate-seed-command.ts";
import { printOut } from "./out.ts";

/** `slipway migrate seed`. */
export async function runMigrateSeed(options: MigrateSeedOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const seeds = await composeSeeds(project, composed.openSeeds);
    const { reporter } = composed.ports;
    const request = { config, environment, asked: options.set ?? [], dryRun: options.dryRun === true };
    const report = await migrateSeed(request, { ...composed.ports, seeds }, signals);

    for (const problem of report.problems) reporter.problem(problem);
    await reporter.end();
    const answer = options.json === true ? JSON.stringify(report, null, 2) : describeSeedReport(report);
    printOut(answer, options.json === true ? "json" : "text");
    process.exitCode = report.exitCode;
  });
}
