import { createHash } from "node:crypto";
import type { Client } from "pg";
import { SlipwayError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { parseAddress } from "./address.ts";
import { hiddenTables } from "./count-rows.ts";

// What has to be known of a database before it is dumped.

/** Throws BACKUP_ROWS_HIDDEN (exit 11) when the role would not see every row. */
export async function everyRowIsSeen(client: Client, at: string): Promise<void> {
  const hidden = await hiddenTables(client);
  if (hidden.length === 0) return;
  throw new SlipwayError(
    {
      code: "BACKUP_ROWS_HIDDEN",
      at,
      says: `row-level security hides rows of ${hidden.join(", ")} from this role`,
      hint: "give backup.urlSecret the URL of a role with BYPASSRLS that may read every table",
    },
    "verifyFailed",
  );
}

/** Major version of the server. */
export async function serverMajor(client: Client): Promise<number> {
  const { rows } = await client.query<{ major: number }>(
    "select current_setting('server_version_num')::int / 10000 as major",
  );
  return rows[0]?.major ?? 0;
}

/** What the server's clock says. */
export async function serverTime(client: Client): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>("select clock_timestamp() as now");
  return rows[0]?.now ?? new Date(Number.NaN);
}

/** Tells databases apart in one folder, without user and password. */
export function databaseMark(url: Secret): string {
  const { host, port, database } = parseAddress(url, "DATABASE").address;
  const hash = createHash("sha256")
    .update(JSON.stringify([host, port, database]))
    .digest("hex");
  return `${database.replaceAll(/[^A-Za-z0-9_-]/g, "_")}-${hash.slice(0, 8)}`;
}
