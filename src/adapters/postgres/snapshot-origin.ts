import type { SnapshotOrigin } from "../../core/schema/snapshot-document.ts";
import type { Secret } from "../../core/secret.ts";
import { connect } from "./connect.ts";

const TIMEOUT_MS = 10_000;

/** Version of the server, and the role that migrates there: the owner of the history, else of the database. */
export async function readOrigin(url: Secret): Promise<SnapshotOrigin> {
  const { client } = await connect(url, {
    use: "DATABASE",
    applicationName: "slipway migrate (looks only)",
    statementTimeoutMs: TIMEOUT_MS,
    lockTimeoutMs: TIMEOUT_MS,
    settings: { default_transaction_read_only: "on" },
  });
  try {
    const { rows } = await client.query<SnapshotOrigin>(
      `select split_part(current_setting('server_version'), ' ', 1) as postgres,
              coalesce((select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'slipway_migrations'),
                       (select pg_get_userbyid(datdba) from pg_database where datname = current_database())) as owner`,
    );
    const [origin] = rows;
    if (origin === undefined) throw new Error("the server told nothing of itself");
    return origin;
  } finally {
    await client.end();
  }
}
