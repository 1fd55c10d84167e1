/** The part of a lock file (npm's version 3) that is read here. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

type Names = Readonly<Record<string, string>>;

/** A package.json and the lock file that belongs to it. */
export interface Install {
  readonly manifest: object;
  readonly lock: LockFile;
}

/**
 * What installs `names` alone, with what they need, at the very versions and checksums of the whole lock file: reading a
 * config needs three small packages and not the cloud's clients. Optional dependencies are left out.
 */
export function lockSubset(lock: LockFile, names: readonly string[]): Install {
  const wanted = new Set<string>();
  for (const name of names) follow(lock, `node_modules/${name}`, wanted);

  const dependencies = Object.fromEntries(
    names.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? "*"]),
  );
  const manifest = { name: "slipway-box", version: "0.0.0", type: "module", dependencies };
  const packages = Object.fromEntries(
    [...wanted].sort().map((path) => [path, entry(lock.packages[path] ?? {})]),
  );
  const subset = { ...manifest, lockfileVersion: 3, requires: true, packages: { "": manifest, ...packages } };
  return { manifest, lock: subset };
}

function follow(lock: LockFile, path: string, wanted: Set<string>): void {
  if (wanted.has(path)) return;
  const locked = lock.packages[path];
  if (locked === undefined) throw new Error(`package-lock.json has no "${path}"`);
  wanted.add(path);
  const { dependencies, peerDependencies } = entry(locked);
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    follow(lock, placeOf(lock, path, name), wanted);
  }
}

/** The entry without what is optional, which npm would otherwise miss in the lock file. */
function entry(locked: LockedPackage): LockedPackage {
  const {
    dev: _dev,
    optionalDependencies: _optional,
    peerDependencies,
    peerDependenciesMeta,
    ...rest
  } = locked;
  const peers = Object.entries(peerDependencies ?? {}).filter(
    ([name]) => peerDependenciesMeta?.[name]?.optional !== true,
  );
  return peers.length === 0 ? rest : { ...rest, peerDependencies: Object.fromEntries(peers) };
}

/** Where Node finds `name` for the package at `path`: below it, or in the nearest node_modules above. */
function placeOf(lock: LockFile, path: string, name: string): string {
  for (
    let folder = path;
    folder !== "";
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))
  ) {
    if (`${folder}/node_modules/${name}` in lock.packages) return `${folder}/node_modules/${name}`;
  }
  return `node_modules/${name}`;
}
