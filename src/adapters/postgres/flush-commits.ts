import type { Client } from "pg";

/**
 * Waits until everything that was committed is safe from a crash of the server: a commit that waits for the disk takes
 * along those before it that did not. It writes a message into the server's log and nothing into any table.
 */
export async function flushCommits(client: Client): Promise<void> {
  await client.query("select pg_catalog.pg_logical_emit_message(true, 'slipway', '')");
}
