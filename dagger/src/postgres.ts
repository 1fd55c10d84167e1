import { dag, type Container } from "@dagger.io/dagger";

// A database for one check: made for it, reachable by it alone, gone with it. Hence a password that is no secret.
const USER = "postgres";
const PASSWORD = "postgres";
const DATABASE = "postgres";

/** The container with a Postgres of its own bound as `postgres`; `owner` keeps it apart from that of other checks. */
export function withPostgres(container: Container, image: string, owner: string): Container {
  const service = dag
    .container()
    .from(image)
    .withEnvVariable("POSTGRES_USER", USER)
    .withEnvVariable("POSTGRES_PASSWORD", PASSWORD)
    .withEnvVariable("POSTGRES_DB", DATABASE)
    // Nobody needs it after the machine has lost its power.
    .withEnvVariable("POSTGRES_INITDB_ARGS", "--no-sync")
    .withEnvVariable("SLIPWAY_CHECK", owner)
    .withExposedPort(5432)
    .asService({ useEntrypoint: true });

  return container
    .withServiceBinding("postgres", service)
    .withEnvVariable("PGHOST", "postgres")
    .withEnvVariable("PGPORT", "5432")
    .withEnvVariable("PGUSER", USER)
    .withEnvVariable("PGPASSWORD", PASSWORD)
    .withEnvVariable("PGDATABASE", DATABASE)
    .withEnvVariable("DATABASE_URL", `postgres://${USER}:${PASSWORD}@postgres:5432/${DATABASE}`);
}
