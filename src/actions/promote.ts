import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import type { PromotionReport } from "../core/deployment/promotion-report.ts";
import type { DeploymentReport } from "../core/deployment/report.ts";
import { EXIT_CODES, SlipwayError } from "../core/errors.ts";
import type { Release } from "../core/release/types.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";

/** The very release that is last known good in an environment. Throws `PROMOTE_NOTHING` (exit 11). */
export async function releaseOf(
  config: Config,
  from: EnvironmentConfig,
  ports: Pick<DeploymentPorts, "releases">,
): Promise<Release> {
  const good = await ports.releases.lastKnownGood(config.app, from.name);
  if (good !== undefined) return good.release;
  throw new SlipwayError(
    {
      code: "PROMOTE_NOTHING",
      at: "--from",
      says: `nothing was ever deployed to ${from.name}`,
      hint: `deploy to ${from.name} first`,
    },
    "verifyFailed",
  );
}

/**
 * Brings one release through environments, one after the other, each with its own gates. Stops at the first that does
 * not take it; what was reached stays.
 *
 * @param deployTo deploys the release to one of them
 */
export async function promoteThrough(
  release: Release,
  environments: readonly string[],
  deployTo: (environment: string) => Promise<DeploymentReport>,
): Promise<PromotionReport> {
  const common = { app: release.app, release: release.id, version: release.version, environments };
  const deployments: DeploymentReport[] = [];
  for (const environment of environments) {
    try {
      const report = await deployTo(environment);
      deployments.push(report);
      if (report.exitCode === 0) continue;
      const { exitCode, problems } = report;
      return { ...common, outcome: "stopped", stoppedAt: environment, deployments, problems, exitCode };
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      const { problems } = error;
      const exitCode = EXIT_CODES[error.exit].code;
      return { ...common, outcome: "stopped", stoppedAt: environment, deployments, problems, exitCode };
    }
  }
  return { ...common, outcome: "promoted", stoppedAt: null, deployments, problems: [], exitCode: 0 };
}
