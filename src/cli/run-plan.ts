import { plan } from "../actions/plan.ts";
import { describePlan } from "../core/plan/describe-plan.ts";
import { composeDeployment, loadConfig, saveFile } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { interruptible } from "./interrupt.ts";
import type { PlanOptions } from "./plan-command.ts";
import { findRelease } from "./find-release.ts";
import { printOut } from "./out.ts";

/** `slipway plan`. */
export async function runPlan(options: PlanOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const environment = findEnvironment(config, options.env);
  const release = await findRelease(options.release);

  await interruptible(async ({ stop }) => {
    await using composed = await composeDeployment(project, environment, stop);
    const { breakGlass } = options;
    const report = await plan({ config, environment, release, breakGlass }, composed.ports, stop);

    await composed.ports.reporter.end();
    const json = JSON.stringify(report, null, 2);
    if (options.out !== undefined) await saveFile(options.out, `${json}\n`);
    if (options.json === true) printOut(json, "json");
    else printOut(describePlan(report, environment.policy.windows?.zone), "text");
    process.exitCode = report.exitCode;
  });
}
