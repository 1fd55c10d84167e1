import type { Config, EnvironmentConfig } from "../core/config/types.ts";
import { driftedComponents } from "../core/deployment/plan.ts";
import { planComponents } from "../core/deployment/service-spec.ts";
import type { StatusReport } from "../core/deployment/status-report.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { observe } from "./observe.ts";
import { readMigrationsLeft } from "./read-migrations-left.ts";

const DEPLOYMENTS_SHOWN = 10;

/** What runs in an environment, since when, and who holds it. Changes nothing. */
export async function status(
  request: { readonly config: Config; readonly environment: EnvironmentConfig },
  ports: Pick<DeploymentPorts, "containers" | "releases" | "leases" | "gatekeeping" | "checkpoints">,
): Promise<StatusReport> {
  const { config, environment } = request;
  const plans = planComponents(config, environment);
  const { name } = environment;
  const [observed, deployments, lease, left, holds, reviews, unanchored, urls] = await Promise.all([
    observe(config.app, environment.name, plans, ports),
    ports.releases.deployments(config.app, environment.name, DEPLOYMENTS_SHOWN),
    ports.leases.current(config.app, name),
    readMigrationsLeft(request, ports),
    ports.gatekeeping.holds(config.app, name),
    ports.gatekeeping.reviews(config.app, name),
    ports.checkpoints.unanchored(),
    Promise.all(plans.map(async ({ service }) => environment.url ?? (await ports.containers.url(service)))),
  ]);

  const { lastKnownGood, services } = observed;
  const drifted = driftedComponents(observed);
  return {
    app: config.app,
    environment: environment.name,
    release: lastKnownGood?.release.id ?? null,
    version: lastKnownGood?.release.version ?? null,
    commit: lastKnownGood?.release.commit ?? null,
    since: lastKnownGood?.at ?? null,
    components: plans.map(({ component }, index) => ({
      component,
      url: urls[index] ?? null,
      running: services[component] ?? null,
      recorded: lastKnownGood?.revisions[component] ?? null,
      drifted: drifted.includes(component),
    })),
    lease: lease ?? null,
    holds,
    reviews,
    unanchored,
    schemaLeft: left.stop ?? null,
    migrationLeft: left.open ?? null,
    deployments,
  };
}
