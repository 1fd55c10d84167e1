import type { Problem } from "../errors.ts";
import { describeReport, type DeploymentReport } from "./report.ts";

/** The answer of `promote --through`: what became of each environment, in order, up to the first that did not take it. */
export interface PromotionReport {
  readonly outcome: "promoted" | "stopped";
  readonly app: string;
  readonly release: string;
  readonly version: string;
  readonly environments: readonly string[];
  /** The environment that did not take the release; null when all have. */
  readonly stoppedAt: string | null;
  readonly deployments: readonly DeploymentReport[];
  /** What was thrown before the stopping environment's first record. */
  readonly problems: readonly Problem[];
  /** That of the deployment that stopped it. */
  readonly exitCode: number;
}

/** The promotion as people read it. */
export function describePromotion(report: PromotionReport): string {
  const { app, version, release, environments, stoppedAt, deployments } = report;
  const what = `${app} ${version} (${release})`;
  const last =
    stoppedAt === null
      ? `${what} went through ${environments.join(", ")}`
      : `${what} stopped at ${stoppedAt}: exit ${report.exitCode}`;
  return [...deployments.map(describeReport), last].join("\n");
}
