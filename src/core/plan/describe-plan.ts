import { EXIT_CODES } from "../errors.ts";
import { problemText } from "../problem-text.ts";
import { describeGates } from "../gates/describe.ts";
import type { PlanReport } from "./types.ts";

/**
 * The plan as people read it: what would happen, what may go wrong, what keeps it from going.
 *
 * @param zone the zone of the environment's window, undefined when it has none
 */
export function describePlan(report: PlanReport, zone: string | undefined): string {
  const { plan, does, gates, problems, notes } = report;
  const what = `${plan.app} ${plan.release.version} (${plan.release.id})`;
  if (does === "nothing-to-do") return `nothing to do: ${what} runs in ${plan.environment}`;

  const exit = Object.values(EXIT_CODES).find(({ code }) => code === report.exitCode);
  return [
    `${what} to ${plan.environment}${does === "resume" ? ", going on with a deployment that was left open" : ""}`,
    ...migrationLines(report),
    ...Object.entries(plan.components).map(
      ([component, { revision, image, desired }]) =>
        `  ${component}: ${desired} × ${image}, now ${revision ?? "nothing"}`,
    ),
    wayBackLine(report),
    ...notes.map((note) => `  note: ${note}`),
    "",
    "gates",
    describeGates(gates, zone),
    ...(problems.length === 0 ? [] : ["", "verify would refuse it"]),
    ...problems.map(problemText),
    "",
    `fingerprint ${plan.fingerprint}`,
    report.exitCode === 0 ? "it would go" : `exit ${report.exitCode}: ${exit?.says ?? ""}`,
  ].join("\n");
}

function migrationLines({ plan: { migrations } }: PlanReport): string[] {
  if (migrations.pending.length === 0) return [`  migrations: none pending, ${migrations.applied} applied`];
  return migrations.pending.map(
    ({ file, phase }) => `  migrate ${file}${phase === "contract" ? " (contract)" : ""}`,
  );
}

function wayBackLine({ plan: { wayBack, worstRollbackSeconds } }: PlanReport): string {
  if (wayBack === null) return "  way back: none; a failure stops what is broken";
  const time = worstRollbackSeconds === null ? "" : `, at most ${worstRollbackSeconds} s`;
  return `  way back: ${wayBack}${time}`;
}
