import { dag, type Directory, type File, type Secret } from "@dagger.io/dagger";
import type { AppConfig } from "./app-config.js";
import { canonicalJson, sha256 } from "./canonical-json.js";
import { baseOf, buildImage, componentOf, type Stamp } from "./image.js";
import { readMigrations } from "./read-migrations.js";

/** Where images go, and how to log in there. */
export interface Registry {
  readonly address: string;
  readonly username?: string;
  readonly password?: Secret;
}

/** Builds and pushes the image of a component; answers `<registry>/<repository>@sha256:<hex>`. */
export async function publishImage(
  source: Directory,
  config: AppConfig,
  name: string,
  stamp: Stamp,
  registry: Registry,
): Promise<string> {
  let image = buildImage(source, componentOf(config, name), stamp);
  if (registry.username !== undefined && registry.password !== undefined) {
    image = image.withRegistryAuth(registry.address, registry.username, registry.password);
  }
  const repository = `${registry.address}/${config.app}/${name}`;
  const reference = await image.publish(`${repository}:sha-${stamp.commit.slice(0, 12)}`);
  return `${repository}@${reference.slice(reference.lastIndexOf("@") + 1)}`;
}

/** Builds and pushes the image of every component and writes the manifest that names them by digest. */
export async function makeRelease(
  source: Directory,
  config: AppConfig,
  stamp: Stamp,
  registry: Registry,
  now: Date,
): Promise<File> {
  const components = await Promise.all(
    Object.entries(config.components).map(async ([name, component]) => {
      const image = await publishImage(source, config, name, stamp, registry);
      const digest = image.slice(image.lastIndexOf("@") + 1);
      return [name, { kind: component.kind, image, digest, base: await baseOf(component) }] as const;
    }),
  );
  const manifest = {
    schema: 1,
    app: config.app,
    id: releaseId(stamp.commit, now),
    version: stamp.version,
    commit: stamp.commit,
    ...(stamp.branch === undefined ? {} : { branch: stamp.branch }),
    ...(stamp.author === undefined ? {} : { author: stamp.author }),
    createdAt: `${now.toISOString().slice(0, 19)}Z`,
    components: Object.fromEntries(components),
    migrations: await readMigrations(source, config.database?.migrations),
    configSha256: await sha256(canonicalJson(config)),
  };
  return dag
    .directory()
    .withNewFile("release.json", `${JSON.stringify(manifest, null, 2)}\n`)
    .file("release.json");
}

/** `sha-<short>-<yyyymmdd>-<hhmmss>`, UTC. */
export function releaseId(commit: string, now: Date): string {
  const [date = "", time = ""] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `sha-${commit.slice(0, 7)}-${date}-${time}`;
}
