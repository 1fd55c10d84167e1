import { exitKind, type DeploymentReport } from "../core/deployment/report.ts";
import type { DeploymentPurpose, KnownGood } from "../core/deployment/types.ts";
import { EXIT_CODES } from "../core/errors.ts";
import type { Release } from "../core/release/types.ts";
import type { Proven } from "./anchor-end.ts";
import type { RunContext } from "./run-context.ts";

/** The answer of a run, from what it was asked and how it ended. */
export function reportOf(
  purpose: DeploymentPurpose,
  release: Release | undefined,
  previous: KnownGood | undefined,
  end: Proven,
  { config, environment, steps }: RunContext,
): DeploymentReport {
  return {
    outcome: end.outcome,
    purpose,
    app: config.app,
    environment: environment.name,
    release: release?.id ?? "",
    version: release?.version ?? "",
    previous: previous?.release.id ?? null,
    running: end.running,
    deploymentId: steps.deploymentId ?? null,
    url: Object.values(end.urls)[0] ?? environment.url ?? null,
    steps: steps.taken,
    problems: end.problems,
    anchored: end.anchored,
    exitCode: EXIT_CODES[exitKind(end.outcome)].code,
  };
}
