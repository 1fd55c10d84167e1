import type { Pool, PoolClient } from "pg";
import type { Caller } from "./caller.ts";

/**
 * Runs `work` in a transaction that sees what the caller may see and nothing else. The settings end with the
 * transaction, so a connection of the pool carries nothing over to the next caller.
 */
export async function asCaller<T>(
  pool: Pool,
  caller: Caller,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    await client.query(
      `select set_config('app.clinic_id', $1, true),
              set_config('app.patient_id', $2, true),
              set_config('app.actor', $3, true)`,
      [caller.clinicId, caller.patientId ?? "", caller.actor],
    );
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((lost: Error) => (broken = lost));
    throw error;
  } finally {
    client.release(broken);
  }
}
