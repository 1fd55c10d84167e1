import type { Client } from "pg";
import type { CheckpointHistory } from "../../ports/checkpoints.ts";
import type { LedgerConnection } from "./ledger-connection.ts";

/** The checkpoints that the ledger remembers; needs no more than the role slipway_reader. */
export function storedCheckpoints(connection: LedgerConnection): CheckpointHistory {
  return { stored: () => connection.run(stored), log: () => connection.run(logOf) };
}

async function logOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ log: string | null }>(`
    select coalesce(
      (select log::text from slipway_ledger.head),
      (select substring(record from '"log":"([0-9a-f-]{36})"') from slipway_ledger.records order by seq limit 1)
    ) as log`);
  return rows[0]?.log ?? undefined;
}

async function stored(client: Client) {
  const { rows: found } = await client.query<{ there: boolean }>(
    "select to_regclass('slipway_ledger.checkpoints') is not null as there",
  );
  if (found[0]?.there !== true) return [];
  const { rows } = await client.query<{ size: string; note: string; places: string[] }>(
    "select size, note, places from slipway_ledger.checkpoints order by size",
  );
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}
