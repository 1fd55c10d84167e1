import { resume } from "../actions/resume.ts";
import { composeDeployment, loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import { printReport } from "./print-report.ts";
import type { ResumeOptions } from "./resume-command.ts";

/** `slipway resume`. */
export async function runResume(options: ResumeOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const report = await resume({ config, environment }, composed.ports, signals);
    await printReport(report, composed.ports.reporter, options);
  });
}
