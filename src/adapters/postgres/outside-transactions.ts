import type { Client } from "pg";
import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { Migration, MigrationText } from "../../core/migration/types.ts";
import { forgetBegun, noteBegun, readBegun } from "./begun-outside.ts";
import { checkIndex, concurrentIndexOf, dropInvalidIndex, findIndex } from "./concurrent-index.ts";
import type { HistoryPlace } from "./migration-history.ts";
import type { Direction } from "./recording-client.ts";
import type { SchemaTrack } from "./schema-track.ts";

export interface OutsideRun {
  /** `done`: an earlier run did it and was killed before it could record it. */
  readonly kind: "run" | "done";
  /** Throws when the statement did not do what it was for. To be called before it is recorded. */
  verify(): Promise<void>;
  finish(): Promise<void>;
}

const NOTHING: OutsideRun = {
  kind: "run",
  verify: () => Promise.resolve(),
  finish: () => Promise.resolve(),
};

/**
 * Makes ready for a statement that runs outside of transactions: notes that it begins, takes away what an earlier try
 * left behind, and finds out whether that try did it all. Does nothing for any other migration.
 */
export async function prepareOutside(
  client: Client,
  place: HistoryPlace,
  migration: Migration,
  direction: Direction,
  track: Pick<SchemaTrack, "before" | "replaceBefore">,
  tell: (event: MigrationEvent) => void,
): Promise<OutsideRun> {
  const before = await track.before(migration);
  const text = migration[direction];
  if (text.header.inTransaction) {
    // Its down has taken away what a statement outside of transactions may have left.
    if (direction === "up" || !place.keepsSnapshots) return NOTHING;
    return { ...NOTHING, finish: () => forgetBegun(client, place, migration) };
  }
  await client.query("discard all");
  const index = await concurrentIndexOf(text);
  const earlier = await readBegun(client, place, migration, direction, before);
  if (earlier?.before !== undefined) track.replaceBefore(earlier.before);

  const dropped = index === undefined ? undefined : await dropInvalidIndex(client, index, text.file);
  if (dropped !== undefined) tell({ kind: "index-dropped", file: text.file, index: dropped });
  const found = index === undefined ? undefined : await findIndex(client, index);
  const isDone =
    earlier?.isSame === true && index !== undefined && (found !== undefined) === (index.action === "create");
  if (isDone) tell({ kind: "already-done", file: text.file });

  await noteBegun(client, place, migration, direction, earlier?.before ?? before);
  const seconds = text.header.statementTimeoutSeconds;
  if (seconds !== undefined) await client.query(`set statement_timeout = ${seconds * 1000}`);
  // The limit would count the wait for old transactions too, and leave an invalid index.
  await client.query("set lock_timeout = 0");
  return {
    kind: isDone ? "done" : "run",
    verify: async () => {
      if (index !== undefined) await checkIndex(client, index, text.file);
    },
    finish: () => forgetBegun(client, place, migration),
  };
}

/**
 * After a failed statement outside of transactions: drops an index that is not valid. What cannot be done now is done by
 * the next run.
 */
export async function cleanUpOutside(
  client: Client,
  text: MigrationText,
  tell: (event: MigrationEvent) => void,
): Promise<void> {
  if (text.header.inTransaction) return;
  try {
    const index = await concurrentIndexOf(text);
    const dropped = index === undefined ? undefined : await dropInvalidIndex(client, index, text.file);
    if (dropped !== undefined) tell({ kind: "index-dropped", file: text.file, index: dropped });
  } catch {
    // It is found again before the next try.
  }
}
