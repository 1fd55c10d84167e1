import type { Client } from "pg";
import type { SnapshotOrigin } from "../../core/schema/snapshot-document.ts";

/** Version of the server, and the role that migrates there: the owner of the history, else of the database. */
export async function readOrigin(client: Client): Promise<SnapshotOrigin> {
  const { rows } = await client.query<SnapshotOrigin>(
    `select split_part(current_setting('server_version'), ' ', 1) as postgres,
            coalesce((select pg_get_userbyid(nspowner) from pg_namespace where nspname = 'slipway_migrations'),
                     (select pg_get_userbyid(datdba) from pg_database where datname = current_database())) as owner`,
  );
  const [origin] = rows;
  if (origin === undefined) throw new Error("the server told nothing of itself");
  return origin;
}
