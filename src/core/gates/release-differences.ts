import type { Release, ReleaseMigration } from "../release/types.ts";

/**
 * In what two manifests are not the very same release: the digests, the config and the set of migrations. Empty when
 * they are, whatever their registries, ids and dates.
 */
export function releaseDifferences(one: Release, other: Release): string[] {
  const components = [...new Set([...Object.keys(one.components), ...Object.keys(other.components)])];
  const migrations = new Map(one.migrations.map((migration) => [migration.file, content(migration)]));
  const others = new Map(other.migrations.map((migration) => [migration.file, content(migration)]));
  const files = [...new Set([...migrations.keys(), ...others.keys()])];

  return [
    ...(one.app === other.app ? [] : ["the app"]),
    ...components
      .filter((name) => digest(one, name) !== digest(other, name))
      .map((name) => `the digest of ${name}`),
    ...(one.configSha256 === other.configSha256 ? [] : ["the config"]),
    ...files
      .filter((file) => migrations.get(file) !== others.get(file))
      .map((file) => `the migration ${file}`),
  ];
}

function digest({ components }: Release, name: string): string | undefined {
  return Object.hasOwn(components, name) ? components[name]?.digest : undefined;
}

function content({ sha256, phase }: ReleaseMigration): string {
  return `${sha256} ${phase ?? "expand"}`;
}
