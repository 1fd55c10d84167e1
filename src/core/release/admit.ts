import type { Config, EnvironmentConfig } from "../config/types.ts";
import type { Problem } from "../errors.ts";
import { parseImage } from "../names.ts";
import type { Release, ReleaseMigration } from "./types.ts";

const BUILD_AGAIN = "build the release again with `slipway call release`";

/** May this release go to this environment, as far as the files tell? Every reason against it at once. */
export function admitRelease(
  release: Release,
  config: Config,
  environment: EnvironmentConfig,
  migrationsOnDisk: readonly ReleaseMigration[],
): Problem[] {
  return [
    ...appIsOurs(release, config),
    ...componentsAreTheConfigs(release, config),
    ...basesSuitTheEnvironment(release, environment),
    ...imagesAreTheAccounts(release, environment),
    ...migrationsAreThoseOnDisk(release, config, migrationsOnDisk),
  ].map((fault) => ({ code: "RELEASE_REFUSED", ...fault }));
}

type Fault = Omit<Problem, "code">;

function appIsOurs(release: Release, config: Config): Fault[] {
  if (release.app === config.app) return [];
  return [
    {
      at: "release/app",
      says: `is for "${release.app}", the config is "${config.app}"'s`,
      hint: "give this app's release",
    },
  ];
}

function componentsAreTheConfigs(release: Release, config: Config): Fault[] {
  const missing = Object.keys(config.components).filter((name) => !(name in release.components));
  const unknown = Object.keys(release.components).filter((name) => !(name in config.components));
  return [
    ...missing.map((name) => ({
      at: `release/components/${name}`,
      says: "is missing; the config has it",
      hint: BUILD_AGAIN,
    })),
    ...unknown.map((name) => ({
      at: `release/components/${name}`,
      says: "is not in the config",
      hint: BUILD_AGAIN,
    })),
  ];
}

function basesSuitTheEnvironment(release: Release, environment: EnvironmentConfig): Fault[] {
  if (environment.cloud === "local") return [];
  return Object.entries(release.components)
    .filter(([, { base }]) => base.startsWith("host:"))
    .map(([name, { base }]) => ({
      at: `release/components/${name}/base`,
      says: `stands on "${base}", which exists only on the machine that built it; ${environment.name} is not the local cloud`,
      hint: "build the release on Dagger Engine, or with a base image that can be pulled",
    }));
}

function imagesAreTheAccounts(release: Release, environment: EnvironmentConfig): Fault[] {
  if (environment.cloud === "local") return [];
  return Object.entries(release.components).flatMap(([name, { image }]) => {
    const [, account, region] =
      /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/.exec(parseImage(image)?.registry ?? "") ?? [];
    if (account !== undefined && region === environment.region) return [];
    return [
      {
        at: `release/components/${name}/image`,
        says: `is not in an ECR registry of ${environment.region}: "${image}"`,
        hint: "publish the image to the environment's registry",
      },
    ];
  });
}

function migrationsAreThoseOnDisk(
  release: Release,
  config: Config,
  onDisk: readonly ReleaseMigration[],
): Fault[] {
  const folder = config.database?.migrations ?? "migrations";
  const disk = new Map(onDisk.map(({ file, sha256 }) => [file, sha256]));
  const released = new Map(release.migrations.map(({ file, sha256 }) => [file, sha256]));

  const differing = release.migrations
    .filter(({ file, sha256 }) => disk.get(file) !== sha256)
    .map(({ file, sha256 }) => {
      const found = disk.get(file);
      const says =
        found === undefined
          ? "is in the release, not on disk"
          : `differs from the release's (released ${sha256.slice(0, 8)}, found ${found.slice(0, 8)})`;
      return {
        at: `${folder}/${file}`,
        says,
        hint: `check out ${release.commit.slice(0, 12)}, or build the release again`,
      };
    });
  const unreleased = onDisk
    .filter(({ file }) => !released.has(file))
    .map(({ file }) => ({
      at: `${folder}/${file}`,
      says: "is on disk, not in the release",
      hint: `check out ${release.commit.slice(0, 12)}, or build the release again`,
    }));
  return [...differing, ...unreleased];
}
