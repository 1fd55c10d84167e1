import { dag, type Container, type Directory } from "@dagger.io/dagger";
import { NODE_IMAGE } from "./images.js";
import { lockSubset, type LockFile } from "./lock-subset.js";

const SOURCES = ["package.json", "bin", "src", "migrations"];

/** The packages that the CLI needs to read a config. */
const CONFIG_PACKAGES = ["commander", "temporal-polyfill", "yaml", "zod"];

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
 * The box that reads a config: the CLI with the few packages that this takes. Where Slipway's own checkout has them
 * installed, in the versions of the lock file, those are taken: nothing is downloaded to read a config.
 */
export async function configBox(slipway: Directory): Promise<Container> {
  const installed = await installedFolders(slipway, CONFIG_PACKAGES);
  if (installed === undefined) return await box(slipway, CONFIG_PACKAGES);
  return dag
    .container()
    .from(NODE_IMAGE)
    .withWorkdir("/slipway")
    .withDirectory("/slipway", slipway.filter({ include: [...SOURCES, ...installed] }));
}

/** The folders of these packages and of what they need, or `undefined` when one is missing or has another version. */
async function installedFolders(
  slipway: Directory,
  packages: readonly string[],
): Promise<string[] | undefined> {
  const [text, there] = await Promise.all([
    slipway.file("package-lock.json").contents(),
    slipway.glob("node_modules/*/package.json"),
  ]);
  const locked = lockSubset(JSON.parse(text) as LockFile, packages).lock.packages;
  const folders = Object.keys(locked).filter((path) => path !== "");
  if (!folders.every((folder) => there.includes(`${folder}/package.json`))) return undefined;

  const same = folders.map(async (folder) => {
    const manifest = await slipway.file(`${folder}/package.json`).contents();
    return (JSON.parse(manifest) as { version: string }).version === locked[folder]?.version;
  });
  return (await Promise.all(same)).every(Boolean) ? folders : undefined;
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
