import type { Observed } from "../core/deployment/plan.ts";
import type { ComponentPlan } from "../core/deployment/service-spec.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";

/** What is so in an environment: the services as the platform says, the past as the ledger says. */
export async function observe(
  app: string,
  env: string,
  plans: readonly ComponentPlan[],
  ports: Pick<DeploymentPorts, "containers" | "releases">,
): Promise<Observed> {
  const [services, lastKnownGood, deployments] = await Promise.all([
    Promise.all(
      plans.map(
        async ({ component, service }) => [component, await ports.containers.observe(service)] as const,
      ),
    ),
    ports.releases.lastKnownGood(app, env),
    ports.releases.deployments(app, env, 1),
  ]);
  return { services: Object.fromEntries(services), lastKnownGood, latest: deployments[0] };
}
