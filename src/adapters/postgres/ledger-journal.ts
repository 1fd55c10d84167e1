import { randomUUID } from "node:crypto";
import { scrubDeep } from "../../core/scrub.ts";
import type { Journal, JournalEntry, JournalRecord, StateChange } from "../../ports/journal.ts";
import { appendFault } from "./append-fault.ts";
import { canonicalText, readRecord } from "./journal-record.ts";
import type { LedgerConnection } from "./ledger-connection.ts";

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
  const values = [randomUUID(), canonicalText(scrubDeep(entry)), canonicalText(changes)];
  try {
    return await connection.run(async (client) => {
      // By name, so that a session parses and plans it once.
      const { rows } = await client.query<{ record: string }>({
        name: "slipway-append",
        text: "select record from slipway_ledger.append($1, $2, $3)",
        values,
      });
      const [row] = rows;
      if (row === undefined) throw new Error("the ledger appended nothing");
      return readRecord(row.record);
    });
  } catch (error) {
    throw appendFault(error, entry) ?? error;
  }
}
