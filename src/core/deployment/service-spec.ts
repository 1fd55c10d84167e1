import type { Config, EnvironmentConfig, ServiceConfig } from "../config/types.ts";
import { resourceName } from "../names.ts";
import type { Release, ReleaseComponent } from "../release/types.ts";
import type { ServiceSpec, TaskSpec } from "./service.ts";

/** A component of a release with all that the platform is told about it. */
export interface ComponentPlan {
  readonly component: string;
  readonly service: ServiceSpec;
  readonly desired: number;
}

/** The service of each component of the config, in the config's order. */
export function planComponents(config: Config, environment: EnvironmentConfig): ComponentPlan[] {
  return Object.entries(config.components).map(([component, { port, desiredCount }]) => {
    const name = resourceName(config.app, environment.name, component);
    return {
      component,
      service: {
        cluster: environment.cluster,
        service: name,
        targetGroup: name,
        container: component,
        port,
        tasks: environment.tasks,
      },
      desired: desiredCount,
    };
  });
}

/** What a component runs for a release. Equal releases give equal specs, so registering twice changes nothing. */
export function taskSpec(options: {
  readonly component: string;
  readonly config: ServiceConfig;
  readonly released: ReleaseComponent;
  readonly release: Release;
  readonly environment: EnvironmentConfig;
  /** Environment variable → the platform's name of the secret. */
  readonly secrets: Readonly<Record<string, string>>;
}): TaskSpec {
  const { component, config, released, release, environment, secrets } = options;
  return {
    family: resourceName(release.app, environment.name, component),
    container: component,
    image: released.image,
    cpu: config.cpu,
    memory: config.memory,
    port: config.port,
    env: {
      ...config.env,
      PORT: String(config.port),
      SLIPWAY_ENVIRONMENT: environment.name,
      SLIPWAY_RELEASE: release.id,
      SLIPWAY_VERSION: release.version,
      SLIPWAY_COMMIT: release.commit,
    },
    secrets,
    executionRole: environment.tasks?.executionRole,
    taskRole: environment.tasks?.taskRole,
  };
}
