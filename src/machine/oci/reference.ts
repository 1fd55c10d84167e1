/** A parsed image name: `registry/repository[:tag][@digest]`. */
export interface Reference {
  /** Host and port, for example `127.0.0.1:5000`; `docker.io` for names without one. */
  readonly registry: string;
  readonly repository: string;
  /** Undefined when only a digest is given. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const REGISTRY =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;

/** Reads an image name as `docker pull` does; undefined when it is not one. Without tag and digest the tag is `latest`. */
export function parseReference(name: string): Reference | undefined {
  const [, path, tag, digest] =
    /^([^@]+?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(name) ?? [];
  if (path === undefined) return undefined;
  const slash = path.indexOf("/");
  const first = slash < 0 ? "" : path.slice(0, slash);
  const named = first.includes(".") || first.includes(":") || first === "localhost";
  const registry = named && first !== "index.docker.io" ? first : "docker.io";
  const rest = named ? path.slice(slash + 1) : path;
  const repository = registry === "docker.io" && !rest.includes("/") ? `library/${rest}` : rest;
  if (!REGISTRY.test(registry) || !REPOSITORY.test(repository) || repository.length > 255) return undefined;
  return { registry, repository, tag: tag ?? (digest === undefined ? "latest" : undefined), digest };
}

/** The full name: what to print and to record. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  const withTag = tag === undefined ? "" : `:${tag}`;
  return `${registry}/${repository}${withTag}${digest === undefined ? "" : `@${digest}`}`;
}
