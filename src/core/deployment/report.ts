import { EXIT_CODES, type ExitKind, type Problem } from "../errors.ts";
import type { DeploymentOutcome, DeploymentPurpose, StepName, StepOutcome } from "./types.ts";

export interface StepReport {
  readonly step: StepName;
  readonly seconds: number;
  readonly outcome: StepOutcome;
}

/** The answer of `deploy` and `rollback`: with `--json` this very document. */
export interface DeploymentReport {
  readonly outcome: DeploymentOutcome;
  readonly purpose: DeploymentPurpose;
  readonly app: string;
  readonly environment: string;
  /** Id of the release that was asked for; empty when a resumed environment has never had one. */
  readonly release: string;
  readonly version: string;
  /** Id of the release that was last known good before; null when there was none. */
  readonly previous: string | null;
  /** Id of the release that serves now, as far as this run knows; null when none does or it is not known. */
  readonly running: string | null;
  readonly deploymentId: string | null;
  readonly url: string | null;
  readonly steps: readonly StepReport[];
  readonly problems: readonly Problem[];
  /** The records of this run are signed and kept outside of the ledger. */
  readonly anchored: boolean;
  readonly exitCode: number;
}

const EXITS: Readonly<Record<DeploymentOutcome, ExitKind>> = {
  deployed: "done",
  "nothing-to-do": "done",
  refused: "verifyFailed",
  "rolled-back": "rolledBack",
  stopped: "rolledBack",
  "rollback-failed": "rollbackFailed",
  interrupted: "interrupted",
  gated: "gateClosed",
  failed: "outcomeUnknown",
};

/** The exit code that an outcome leads to. */
export function exitKind(outcome: DeploymentOutcome): ExitKind {
  return EXITS[outcome];
}

/** The report as people read it. */
export function describeReport(report: DeploymentReport): string {
  const { app, environment, release, version } = report;
  const what = `${app} ${version} (${release})`;
  const now = report.running === null ? "nothing serves" : `${report.running} serves`;
  const lines = {
    deployed: `${what} runs in ${environment}`,
    "nothing-to-do":
      release === ""
        ? `nothing to do: ${app} was never deployed to ${environment}`
        : `nothing to do: ${what} runs in ${environment}`,
    refused: `${what} was not let into ${environment}; nothing was changed`,
    "rolled-back": `${what} failed in ${environment} and was rolled back; ${now}`,
    stopped: `${what} failed in ${environment}; there was nothing to go back to, so it was stopped`,
    "rollback-failed": `${what} failed in ${environment} and so did the rollback: look now`,
    interrupted: `interrupted; ${report.running === null ? "what serves is not known" : now} in ${environment}; run the same command again to go on`,
    gated: `${what} was not let into ${environment} by its gates; nothing was changed`,
    failed:
      report.running === release && !report.anchored
        ? `${what} runs in ${environment}, but that is not proven: its records are not kept outside of the ledger`
        : `the outcome of ${what} in ${environment} is not known; run the same command again`,
  } satisfies Record<DeploymentOutcome, string>;

  const url = report.url === null ? [] : [`  ${report.url}`];
  const total = report.steps.reduce((sum, step) => sum + step.seconds, 0);
  const steps = report.steps
    .map(
      ({ step, seconds, outcome }) =>
        `${step} ${seconds.toFixed(1)} s${outcome === "done" ? "" : ` (${outcome})`}`,
    )
    .join(" · ");
  const exit = EXIT_CODES[exitKind(report.outcome)];
  return [
    lines[report.outcome],
    ...url,
    ...(steps === "" ? [] : [`  ${steps} — ${total.toFixed(1)} s`]),
    ...(report.anchored ? [] : ["  not anchored: `slipway resume` does it"]),
    ...(exit.code === 0 ? [] : [`  exit ${exit.code}: ${exit.says}`]),
  ].join("\n");
}
