import { describeReport, type DeploymentReport } from "../core/deployment/report.ts";
import type { Reporter } from "../ports/reporter.ts";
import { appendSummary } from "./compose.ts";
import type { CommonOptions } from "./verb.ts";
import { printOut } from "./out.ts";

/** Ends the story with its problems, prints the answer, and sets the exit code. */
export async function printReport(
  report: DeploymentReport,
  reporter: Reporter,
  options: CommonOptions,
): Promise<void> {
  for (const problem of report.problems) reporter.problem(problem);
  await reporter.end();
  await appendSummary(report);

  const answer = options.json === true ? JSON.stringify(report, null, 2) : describeReport(report);
  printOut(answer, options.json === true ? "json" : "text");
  process.exitCode = report.exitCode;
}
