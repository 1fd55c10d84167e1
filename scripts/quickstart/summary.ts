import type { Run } from "./deliver.ts";
import type { Shown } from "./scenario.ts";
import { duration, table } from "./story.ts";

/** What ran, how long each part took, and what it showed; for `--keep` also how to go on and how to stop. */
export function summary(run: Run, shown: Shown, kept: boolean): string {
  const { probe } = shown;
  const steps = run.steps.map(({ name, seconds, result }) => [name, duration(seconds), result]);
  const deployments = shown.deployments.map((one) => [
    one.version,
    one.outcome,
    one.steps.map(({ step, seconds }) => `${step} ${seconds.toFixed(1)}`).join(" · "),
  ]);
  return [
    "",
    "── What the ledger holds",
    shown.records.trimEnd(),
    "",
    "── What ran",
    table(steps),
    "",
    "── The three deployments, seconds for each step",
    table(deployments),
    "",
    "── What it showed",
    `  version 2 went out under ${probe.perSecond.toFixed(0)} requests/s: ${probe.sent} sent, ${probe.failed} failed, slowest ${probe.slowestMs.toFixed(0)} ms`,
    `  /version answered ${probe.versions.join(", then ")}`,
    "  version 3 was healthy but refused every login: its smoke test failed and it was rolled back (exit 20)",
    "  after that /version said 2.0.0 again, and the schema was the same",
    `  ${shown.audit}`,
    ...(kept ? goOn(run, shown.url) : []),
  ].join("\n");
}

function goOn(run: Run, url: string): string[] {
  const home = `SLIPWAY_HOME=${quoted(run.env["SLIPWAY_HOME"] ?? "")}`;
  const slipway = `${home} npx slipway --project ${quoted(run.app)}`;
  return [
    "",
    "── Still running",
    `  the app       ${url}/version`,
    `  look at it    ${slipway} status --env=local`,
    `  stop it       ${slipway} cloud down --purge && rm -r ${quoted(run.folder)}`,
  ];
}

/** The word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
