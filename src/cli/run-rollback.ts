import { rollback } from "../actions/rollback.ts";
import { composeDeployment, loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import { printReport } from "./print-report.ts";
import type { RollbackOptions } from "./rollback-command.ts";

/** `slipway rollback`. */
export async function runRollback(options: RollbackOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const report = await rollback({ config, environment, to: options.to }, composed.ports, signals);
    await printReport(report, composed.ports.reporter, options);
  });
}
