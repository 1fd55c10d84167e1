import { status } from "../actions/status.ts";
import { describeStatus } from "../core/deployment/status-report.ts";
import { composeDeployment, loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import type { StatusOptions } from "./status-command.ts";
import { printOut } from "./out.ts";

/** `slipway status`. */
export async function runStatus(options: StatusOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);

  await using composed = await composeDeployment(project, environment, new AbortController().signal);
  const report = await status({ config, environment }, composed.ports);
  const answer = options.json === true ? JSON.stringify(report, null, 2) : describeStatus(report);
  printOut(answer, options.json === true ? "json" : "text");
}
