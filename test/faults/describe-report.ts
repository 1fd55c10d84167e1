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
      : ["", ...report.missed.map((id) => `- missed, its place did not come by in 3 tries: ${id}`)]),
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
    ...report.again.flatMap((later) => describeLater(later, report)),
  ].join("\n");
}

function describeLater(later: Again, { failed, missed }: FaultReport): string[] {
  const before = new Map<string, string>();
  for (const { id } of failed) before.set(id, "failed");
  for (const id of missed) before.set(id, "missed");
  const lines = (ids: readonly string[], end: string) =>
    ids.map((id) => `| ${id} | ${before.get(id) ?? "not run"} | ${end} |`);
  const { version, commit, startedAt, seconds, jobs, passed } = later;
  return [
    "## Run later",
    "",
    `${passed.length} of ${passed.length + later.missed.length + later.failed.length} cells passed that had not until then.`,
    "",
    `Slipway ${version} at ${commit}, ${startedAt}, ${Math.round(seconds)} s, ${jobs} cells at a time.`,
    "",
    "| cell | before | now |",
    "| --- | --- | --- |",
    ...lines(
      passed.filter((id) => before.has(id)),
      "passed",
    ),
    ...lines(later.missed, "missed"),
    ...lines(
      later.failed.map(({ id }) => id),
      "failed",
    ),
    "",
  ];
}
