import { randomUUID } from "node:crypto";
import { SlipwayError } from "../../core/errors.ts";
import type { Journal, JournalEntry, JournalRecord, StateChange } from "../../ports/journal.ts";
import { codeOf } from "./connect-problem.ts";
import { canonicalText, readRecord } from "./journal-record.ts";
import type { LedgerConnection } from "./ledger-connection.ts";

/** The database's own code for a fence that is not the newest (migrations/0002_append.up.sql). */
const STALE_FENCE = "SL001";

/** Appends to the ledger and reads from it. */
export function ledgerJournal(connection: LedgerConnection): Journal {
  return {
    append: (entry, changes = []) => append(connection, entry, changes),
    records: (deploymentId) =>
      connection.run(async (client) => {
        const { rows } = await client.query<{ record: string }>(
          "select record from slipway_ledger.records where deployment_id = $1 order by seq",
          [deploymentId],
        );
        return rows.map(({ record }) => readRecord(record));
      }),
  };
}

async function append(
  connection: LedgerConnection,
  entry: JournalEntry,
  changes: readonly StateChange[],
): Promise<JournalRecord> {
  // One id for all attempts: when an answer is lost, the second attempt finds what the first one wrote.
  const parameters = [randomUUID(), canonicalText(entry), canonicalText(changes)];
  try {
    return await connection.run(async (client) => {
      const { rows } = await client.query<{ record: string }>(
        "select record from slipway_ledger.append($1, $2, $3)",
        parameters,
      );
      const [row] = rows;
      if (row === undefined) throw new Error("the ledger appended nothing");
      return readRecord(row.record);
    });
  } catch (error) {
    if (codeOf(error) !== STALE_FENCE) throw error;
    throw new SlipwayError(
      {
        code: "LEASE_LOST",
        at: `${entry.app}/${entry.env}`,
        says: `the lease with fence ${entry.fence} was taken over or given back; the ledger refuses its records`,
        hint: "run `slipway status` to see who holds the environment, then run the command again",
      },
      "leaseHeld",
      { cause: error },
    );
  }
}
