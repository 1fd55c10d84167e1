import { deploy } from "../actions/deploy.ts";
import { SlipwayError } from "../core/errors.ts";
import { readRelease } from "../core/release/schema.ts";
import { composeDeployment, loadConfig, loadManifest } from "./compose.ts";
import type { DeployOptions } from "./deploy-command.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import { printReport } from "./print-report.ts";

/** `slipway deploy`. */
export async function runDeploy(options: DeployOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);
  const result = readRelease(await loadManifest(options.release));
  if (result.kind === "refused") throw new SlipwayError(result.problems, "usage");
  const { release } = result;

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const report = await deploy({ config, environment, release }, composed.ports, signals);
    await printReport(report, composed.ports.reporter, options);
  });
}
