import { appendFile } from "node:fs/promises";
import { describeReport, type DeploymentReport } from "../../core/deployment/report.ts";
import { sentence } from "../../core/errors.ts";

/** Adds the report to a summary file in Markdown, as GitHub Actions shows it under the run. */
export async function appendStepSummary(file: string, report: DeploymentReport): Promise<void> {
  const [headline] = describeReport(report).split("\n");
  const lines = [
    `### ${report.purpose} to ${report.environment}: ${report.outcome}`,
    "",
    headline ?? "",
    "",
    "| step | outcome | seconds |",
    "| --- | --- | ---: |",
    ...report.steps.map(({ step, outcome, seconds }) => `| ${step} | ${outcome} | ${seconds.toFixed(1)} |`),
    "",
    ...report.problems.map((problem) => `- ${sentence(problem).replaceAll("\n", " ")}`),
    "",
  ];
  await appendFile(file, `${lines.join("\n")}\n`);
}
