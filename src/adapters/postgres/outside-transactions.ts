import type { Client } from "pg";
import type { MigrationEvent } from "../../core/migration/run-event.ts";
import type { Migration, MigrationText } from "../../core/migration/types.ts";
import { checkIndex, concurrentIndexOf, dropInvalidIndex, findIndex } from "./concurrent-index.ts";
import type { Connected } from "./connect.ts";
import type { HistoryPlace } from "./migration-history.ts";
import type { Direction } from "./recording-client.ts";

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
  { schema }: HistoryPlace,
  migration: Migration,
  direction: Direction,
  tell: (event: MigrationEvent) => void,
): Promise<OutsideRun> {
  const text = migration[direction];
  if (text.header.inTransaction) return NOTHING;
  await client.query("discard all");
  const index = await concurrentIndexOf(text);
  const begun = await client.query<{ sha256: string }>(
    `select sha256 from ${schema}.begun_outside_transactions where id = $1 and direction = $2`,
    [migration.id, direction],
  );

  const dropped = index === undefined ? undefined : await dropInvalidIndex(client, index, text.file);
  if (dropped !== undefined) tell({ kind: "index-dropped", file: text.file, index: dropped });
  const wasBegun = begun.rows[0]?.sha256 === text.sha256;
  const found = index === undefined ? undefined : await findIndex(client, index);
  const isDone = wasBegun && index !== undefined && (found !== undefined) === (index.action === "create");
  if (isDone) tell({ kind: "already-done", file: text.file });

  await client.query(
    `insert into ${schema}.begun_outside_transactions (id, direction, sha256) values ($1, $2, $3)
     on conflict (id, direction) do update set sha256 = excluded.sha256, begun_at = clock_timestamp()`,
    [migration.id, direction, text.sha256],
  );
  const seconds = text.header.statementTimeoutSeconds;
  if (seconds !== undefined) await client.query(`set statement_timeout = ${seconds * 1000}`);
  // The limit would count the wait for old transactions too, and leave an invalid index.
  await client.query("set lock_timeout = 0");
  return {
    kind: isDone ? "done" : "run",
    verify: async () => {
      if (index !== undefined) await checkIndex(client, index, text.file);
    },
    finish: async () => {
      await client.query(
        `delete from ${schema}.begun_outside_transactions where id = $1 and direction = $2`,
        [migration.id, direction],
      );
    },
  };
}

/** After a failed statement outside of transactions: drops an index that is not valid. What cannot be done now is done by the next run. */
export async function cleanUpOutside(
  worker: Connected,
  text: MigrationText,
  tell: (event: MigrationEvent) => void,
): Promise<void> {
  if (text.header.inTransaction || worker.broken.aborted) return;
  try {
    const index = await concurrentIndexOf(text);
    const dropped = index === undefined ? undefined : await dropInvalidIndex(worker.client, index, text.file);
    if (dropped !== undefined) tell({ kind: "index-dropped", file: text.file, index: dropped });
  } catch {
    // It is found again before the next try.
  }
}
