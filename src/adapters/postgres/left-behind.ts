import type { Migration } from "../../core/migration/types.ts";
import type { SchemaShift } from "../../core/schema/schema-shift.ts";
import { forgetBegun, noteFailed } from "./begun-outside.ts";
import { cleanUpOutside } from "./outside-transactions.ts";
import type { MigrationRun } from "./run-migrations.ts";
import type { SchemaTrack } from "./schema-track.ts";
import type { Watcher } from "./watcher.ts";

/**
 * What a failed migration left of the schema that was there before it. `undefined`: it cannot be said. A statement outside
 * of transactions that left nothing is forgotten; one that left something is noted.
 */
export async function leftBehind(
  run: MigrationRun,
  current: Migration | undefined,
  track: SchemaTrack,
  watcher: Watcher,
): Promise<SchemaShift | undefined> {
  const { worker, place, direction, signal, tell } = run;
  try {
    const isBroken = worker.broken.aborted;
    const client = isBroken ? await watcher.client() : worker.client;
    const outside = current?.[direction].header.inTransaction === false ? current : undefined;
    if (outside !== undefined) await cleanUpOutside(client, outside[direction], tell);
    // What the migration left in the session must not colour the description; the other session holds the lock.
    if (!isBroken) await client.query("discard all");
    const schema = await track.left(client);
    if (outside === undefined || schema === undefined) return schema;
    if (schema.before === schema.after) await forgetBegun(client, place, outside);
    // One that was interrupted is gone on with by the next run.
    else if (!signal.aborted) await noteFailed(client, place, outside, direction, schema.after);
    return schema;
  } catch {
    // The connection is gone for good, or the role may not look.
    return undefined;
  }
}
