/** The part of a lock file (npm's version 3) that is read here. */
export interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
}

/** A package.json and the lock file that belongs to it. */
export interface Install {
  readonly manifest: object;
  readonly lock: object;
}

/**
 * What installs `names` alone, with what they need, at the very versions and checksums of the whole lock file. Reading a
 * config needs three small packages and not the cloud's clients.
 */
export function lockSubset(lock: LockFile, names: readonly string[]): Install {
  const wanted = new Set<string>();
  for (const name of names) follow(lock, `node_modules/${name}`, wanted);

  const dependencies = Object.fromEntries(
    names.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? "*"]),
  );
  const manifest = { name: "slipway-config", version: "0.0.0", type: "module", dependencies };
  const packages = Object.fromEntries(
    [...wanted].sort().map((path) => {
      const { dev: _dev, ...locked } = lock.packages[path] ?? {};
      return [path, locked];
    }),
  );
  return {
    manifest,
    lock: { ...manifest, lockfileVersion: 3, requires: true, packages: { "": manifest, ...packages } },
  };
}

function follow(lock: LockFile, path: string, wanted: Set<string>): void {
  if (wanted.has(path)) return;
  const locked = lock.packages[path];
  if (locked === undefined) throw new Error(`package-lock.json has no "${path}"`);
  wanted.add(path);
  for (const name of Object.keys(locked.dependencies ?? {})) follow(lock, resolve(lock, path, name), wanted);
}

/** Where Node finds `name` for the package at `path`: below it, or in the nearest node_modules above. */
function resolve(lock: LockFile, path: string, name: string): string {
  for (
    let folder = path;
    folder !== "";
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))
  ) {
    if (`${folder}/node_modules/${name}` in lock.packages) return `${folder}/node_modules/${name}`;
  }
  return `node_modules/${name}`;
}
