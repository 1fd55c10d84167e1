import { deploy } from "../actions/deploy.ts";
import { composeDeployment, loadConfig } from "./compose.ts";
import type { DeployOptions } from "./deploy-command.ts";
import { findPlan } from "./find-plan.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { findRelease } from "./find-release.ts";
import { interruptible } from "./interrupt.ts";
import { printReport } from "./print-report.ts";

/** `slipway deploy`. */
export async function runDeploy(options: DeployOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);
  const { plan, release } =
    options.plan === undefined
      ? { plan: undefined, release: await findRelease(options.release ?? "") }
      : await findPlan(options.plan, options.release);

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const { breakGlass } = options;
    const request = { config, environment, release, plan, breakGlass };
    const report = await deploy(request, composed.ports, signals);
    await printReport(report, composed.ports.reporter, options);
  });
}
