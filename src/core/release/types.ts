// The release manifest: what was built, once, and is promoted by digest. Written by the Dagger module, read by `deploy`.

export interface ReleaseComponent {
  readonly kind: "service";
  /** Image by digest: `<registry>/<repository>@sha256:<hex>`. Never a tag. */
  readonly image: string;
  readonly digest: string;
  /** What the image stands on: `host:node@24.21.0` on the embedded engine, else `<image>@sha256:<hex>`. */
  readonly base: string;
}

export interface ReleaseMigration {
  /** File name without folder. */
  readonly file: string;
  /** Hex SHA-256 of the file's bytes. */
  readonly sha256: string;
  /** `contract`: code before this release cannot live with it. Left out: expand. */
  readonly phase?: "expand" | "contract";
}

export interface Release {
  readonly schema: 1;
  readonly app: string;
  /** Tag form `sha-<short>-<yyyymmdd>-<hhmmss>`. */
  readonly id: string;
  /** Semantic version of the app. */
  readonly version: string;
  /** Full commit hash. */
  readonly commit: string;
  /** Branch that was checked out; left out when none was or it is not known. */
  readonly branch?: string;
  /** Who wrote the commit, `git:<e-mail>`, or the CI's actor; left out when it is not known. */
  readonly author?: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly components: Readonly<Record<string, ReleaseComponent>>;
  readonly migrations: readonly ReleaseMigration[];
  /** Hex SHA-256 of the canonical (RFC 8785) JSON of the config the release was built from. */
  readonly configSha256: string;
}
