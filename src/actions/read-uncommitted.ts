import type { Uncommitted } from "../core/deployment/applied-contracts.ts";
import type { KnownGood } from "../core/deployment/types.ts";
import type { RunContext } from "./run-context.ts";

/** More failures in a row than anybody has had. */
const LOOK_BACK = 100;

/** Deployments since the environment's last commit: they may have migrated without becoming good. */
export async function readUncommitted(
  history: readonly KnownGood[],
  { config, environment, ports }: Pick<RunContext, "config" | "environment" | "ports">,
): Promise<readonly Uncommitted[]> {
  const committed = history.at(-1)?.deploymentId;
  const deployments = await ports.releases.deployments(config.app, environment.name, LOOK_BACK);
  const end = deployments.findIndex(({ deploymentId }) => deploymentId === committed);
  const since = await Promise.all(
    deployments.slice(0, end < 0 ? undefined : end).map(async ({ deploymentId }) => ({
      manifest: await ports.releases.manifestOf(deploymentId),
      records: await ports.journal.records(deploymentId),
    })),
  );
  return since.flatMap(({ manifest, records }) => (manifest === undefined ? [] : [{ manifest, records }]));
}
