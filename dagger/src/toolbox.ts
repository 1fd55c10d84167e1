import { dag, type Container, type Directory } from "@dagger.io/dagger";
import { NODE_IMAGE } from "./images.js";
import { lockSubset, type LockFile } from "./lock-subset.js";

const SOURCES = ["package.json", "bin", "src", "migrations"];

/** The packages that the CLI needs to read a config. */
const CONFIG_PACKAGES = ["commander", "temporal-polyfill", "yaml", "zod"];

/** The packages that the CLI needs to look at migrations and to run them. */
export const MIGRATION_PACKAGES = [
  ...CONFIG_PACKAGES,
  "canonicalize",
  "libpg-query",
  "node-pg-migrate",
  "pg",
];

/** npm's download cache. It holds nothing that changes a result: packages are checked against the lock file. */
export function withNpmCache(container: Container): Container {
  return container
    .withMountedCache("/var/cache/npm", dag.cacheVolume("slipway-npm"))
    .withEnvVariable("npm_config_cache", "/var/cache/npm");
}

/** The box for the verbs that touch the world: the whole CLI with what it needs at run time. */
export async function deliveryBox(slipway: Directory): Promise<Container> {
  const manifest = JSON.parse(await slipway.file("package.json").contents()) as { dependencies: object };
  return await box(slipway, Object.keys(manifest.dependencies));
}

/**
 * The box for the verbs of `migrate`, with squawk's program for the platform that the box runs on. `packages` may have
 * what it takes installed, as for a config.
 */
export async function migrationBox(slipway: Directory, packages: Directory): Promise<Container> {
  const platform = await dag.defaultPlatform();
  const squawk = `@squawk-cli/linux-${platform.startsWith("linux/arm64") ? "arm64" : "x64"}`;
  return await boxWith(slipway, packages, [...MIGRATION_PACKAGES, squawk]);
}

/**
 * The box that reads a config: the CLI with the few packages that this takes. Where Slipway's own checkout has them
 * installed, in the versions of the lock file, those are taken: nothing is downloaded to read a config.
 */
export async function configBox(slipway: Directory): Promise<Container> {
  return await boxWith(slipway, slipway, CONFIG_PACKAGES);
}

async function boxWith(
  slipway: Directory,
  packages: Directory,
  names: readonly string[],
): Promise<Container> {
  const installed = await installedFolders(slipway, packages, names);
  if (installed === undefined) return await box(slipway, names);
  return dag
    .container()
    .from(NODE_IMAGE)
    .withWorkdir("/slipway")
    .withDirectory("/slipway", packages.filter({ include: installed }))
    .withDirectory("/slipway", slipway.filter({ include: SOURCES }));
}

/** What npm keeps beside the packages that it installed: which ones, in which versions. */
const INSTALLED = "node_modules/.package-lock.json";

/** The folders of these packages and of what they need, or `undefined` when one is missing or has another version. */
async function installedFolders(
  slipway: Directory,
  packages: Directory,
  names: readonly string[],
): Promise<string[] | undefined> {
  const [text, [kept]] = await Promise.all([
    slipway.file("package-lock.json").contents(),
    packages.glob(INSTALLED),
  ]);
  if (kept === undefined) return undefined;
  const there = (JSON.parse(await packages.file(INSTALLED).contents()) as LockFile).packages;
  const locked = lockSubset(JSON.parse(text) as LockFile, names).lock.packages;
  const folders = Object.keys(locked).filter((path) => path !== "");
  const same = folders.every((folder) => there[folder]?.version === locked[folder]?.version);
  return same ? folders : undefined;
}

/** Slipway with these packages. They are installed before its sources come in, and again only when they change. */
async function box(slipway: Directory, packages: readonly string[]): Promise<Container> {
  const lock = JSON.parse(await slipway.file("package-lock.json").contents()) as LockFile;
  const install = lockSubset(lock, packages);

  return withNpmCache(dag.container().from(NODE_IMAGE))
    .withWorkdir("/slipway")
    .withNewFile("/slipway/package.json", JSON.stringify(install.manifest))
    .withNewFile("/slipway/package-lock.json", JSON.stringify(install.lock))
    .withExec(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"])
    .withDirectory("/slipway", slipway.filter({ include: SOURCES }));
}
