import { INVARIANTS } from "./oracle/judge.ts";
import type { Again, FaultReport } from "./report.ts";

/** The report as people read it, in Markdown. */
export function describeReport(report: FaultReport): string {
  const { cells, recovery } = report;
  const says = new Map(INVARIANTS.map((one) => [one.id, one.says]));
  const groups = Object.entries(report.groups).map(
    ([name, { run, passed, seconds }]) => `| ${name} | ${run} | ${passed} | ${seconds} |`,
  );
  const invariants = Object.entries(report.invariants).map(
    ([id, { checked, broken }]) => `| ${id} | ${says.get(id) ?? ""} | ${checked} | ${broken} |`,
  );
  const figures = Object.entries({ ...report.counts, ...report.figures }).map(
    ([name, value]) => `| ${name} | ${value} |`,
  );
  const failed = report.failed.map(
    ({ id, seed, broken }) => `### ${id} (seed ${seed})\n\n\`\`\`\n${broken.join("\n")}\n\`\`\`\n`,
  );
  return [
    "# Fault report",
    "",
    `${cells.passed} of ${cells.run} cells passed (${report.kind} matrix${cells.notRun > 0 ? `, ${cells.notRun} not run` : ""}).`,
    ...(report.missed.length === 0
      ? []
      : ["", ...report.missed.map((id) => `- not come to in 3 tries: ${id}`)]),
    "",
    `Slipway ${report.version} at ${report.commit}, Node ${report.node}, ${report.startedAt}, ${Math.round(report.seconds)} s, seed ${report.seed}, ${report.jobs} cells at a time.`,
    "",
    `Recoveries: ${recovery.cells}, slowest ${recovery.maxMs} ms, 95 % within ${recovery.p95Ms} ms.`,
    "",
    "## Cells",
    "",
    "| group | run | passed | seconds |",
    "| --- | ---: | ---: | ---: |",
    ...groups,
    "",
    "## Invariants",
    "",
    "| | what has to hold | checked in | broken in |",
    "| --- | --- | ---: | ---: |",
    ...invariants,
    "",
    ...(figures.length === 0
      ? []
      : ["## Figures", "", "| figure | value |", "| --- | ---: |", ...figures, ""]),
    ...(failed.length === 0 ? [] : ["## Failed", "", ...failed]),
    ...report.again.flatMap(describeAgain),
  ].join("\n");
}

function describeAgain({ version, commit, startedAt, jobs, failed, missed, passed }: Again): string[] {
  const ends = [
    ...passed.map((id) => `| ${id} | passed |`),
    ...missed.map((id) => `| ${id} | not come to in 3 tries |`),
    ...failed.map(({ id }) => `| ${id} | failed |`),
  ];
  const about = `Slipway ${version} at ${commit}, ${startedAt}, ${jobs} cells at a time.`;
  return ["## Run again", "", about, "", "| cell | |", "| --- | --- |", ...ends, ""];
}
