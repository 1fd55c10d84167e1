/** Lower-case letters, digits and dashes, beginning with a letter: safe in every place that a name ends up in. */
export const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** AWS allows a load balancer and a target group no longer name. */
export const RESOURCE_NAME_LIMIT = 32;

/**
 * The name under which the platform knows a component of an environment: its ECS service, its task definition's
 * family, its load balancer and its target group.
 */
export function resourceName(app: string, env: string, component: string): string {
  return `${app}-${env}-${component}`;
}

/** The bucket with Object Lock that the local cloud makes for an app's evidence. */
export function evidenceBucket(app: string): string {
  return `${app}-slipway-evidence`;
}

/** Fills the environment's name into the name of a secret: `diary/{env}/database-url`. */
export function secretName(pattern: string, env: string): string {
  return pattern.replaceAll("{env}", env);
}

/** `<registry>/<repository>@sha256:<hex>` taken apart, or `undefined` when the image is not given by digest. */
export function parseImage(image: string): ImageName | undefined {
  const match = /^([^/\s@]+(?::\d+)?)\/([a-z0-9][a-z0-9._/-]*)@(sha256:[0-9a-f]{64})$/.exec(image);
  const [, registry, repository, digest] = match ?? [];
  if (registry === undefined || repository === undefined || digest === undefined) return undefined;
  return { registry, repository, digest };
}

export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
}
