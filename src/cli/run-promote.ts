import { deploy } from "../actions/deploy.ts";
import { promoteThrough, releaseOf } from "../actions/promote.ts";
import { describePromotion } from "../core/deployment/promotion-report.ts";
import { appendSummary, composeDeployment, composeReporter, loadConfig } from "./compose.ts";
import { findEnvironment, findProject } from "./find-project.ts";
import { findRelease } from "./find-release.ts";
import { interruptible } from "./interrupt.ts";
import { printReport } from "./print-report.ts";
import type { PromoteOptions } from "./promote-command.ts";
import { printOut } from "./out.ts";

/** `slipway promote --from --to`. */
export async function runPromote(options: PromoteOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const from = findEnvironment(config, options.from ?? "", "--from");
  const environment = findEnvironment(config, options.to ?? "", "--to");

  await interruptible(async (signals) => {
    await using composed = await composeDeployment(project, environment, signals.stop);
    const release = await releaseOf(config, from, composed.ports);
    const { breakGlass } = options;
    const report = await deploy({ config, environment, release, breakGlass }, composed.ports, signals);
    await printReport(report, composed.ports.reporter, options);
  });
}

/** `slipway promote --through`. */
export async function runPromoteThrough(options: PromoteOptions): Promise<void> {
  const project = await findProject(options.project, loadConfig);
  const { config } = project;
  const names = options.through ?? [];
  const environments = names.map((name) => findEnvironment(config, name, "--through"));
  const release = await findRelease(options.release ?? "");

  await interruptible(async (signals) => {
    const report = await promoteThrough(release, names, async (name) => {
      const environment = environments[names.indexOf(name)] ?? findEnvironment(config, name, "--through");
      await using composed = await composeDeployment(project, environment, signals.stop);
      const deployed = await deploy({ config, environment, release }, composed.ports, signals);
      await composed.ports.reporter.end();
      await appendSummary(deployed);
      return deployed;
    });

    const reporter = await composeReporter();
    for (const problem of report.problems) reporter.problem(problem);
    await reporter.end();
    if (options.json === true) printOut(JSON.stringify(report, null, 2), "json");
    else printOut(describePromotion(report), "text");
    process.exitCode = report.exitCode;
  });
}
