import type { Client } from "pg";
import type { DeploymentOutcome } from "../../../src/core/deployment/types.ts";
import type { JournalEntry } from "../../../src/ports/journal.ts";

/** A record as it is stored, read without the product's own code. */
export interface StoredRow {
  readonly seq: number;
  readonly text: string;
  /** Hex. */
  readonly prevHash: string;
  readonly entryHash: string;
  /** Milliseconds since 1970, with a fraction. */
  readonly at: number;
  readonly entry: JournalEntry;
}

export interface StoredLedger {
  readonly rows: readonly StoredRow[];
  readonly headSeq: number;
  readonly headHash: string;
  readonly heldBy: string | undefined;
  readonly deployments: readonly { readonly id: string; readonly outcome: DeploymentOutcome | undefined }[];
  readonly commits: readonly string[];
}

/** Everything that the ledger holds. */
export async function readLedger(client: Client): Promise<StoredLedger> {
  const records = await client.query<{ seq: string; text: string; prev: string; hash: string }>(
    `select seq, record as text, encode(prev_hash, 'hex') as prev, encode(entry_hash, 'hex') as hash
     from slipway_ledger.records order by seq`,
  );
  const head = await client.query<{ seq: string; hash: string }>(
    "select seq, encode(entry_hash, 'hex') as hash from slipway_ledger.head",
  );
  const leases = await client.query<{ holder: string }>(
    "select holder from slipway_ledger.leases where holder is not null and expires_at > clock_timestamp()",
  );
  const deployments = await client.query<{ id: string; outcome: DeploymentOutcome | null }>(
    "select id, outcome from slipway_ledger.deployments order by begun_seq",
  );
  const commits = await client.query<{ release: string }>(
    "select release ->> 'id' as release from slipway_ledger.commits order by seq",
  );
  return {
    rows: records.rows.map(storedRow),
    headSeq: Number(head.rows[0]?.seq ?? -1),
    headHash: head.rows[0]?.hash ?? "",
    heldBy: leases.rows[0]?.holder,
    deployments: deployments.rows.map(({ id, outcome }) => ({ id, outcome: outcome ?? undefined })),
    commits: commits.rows.map(({ release }) => release),
  };
}

function storedRow(row: { seq: string; text: string; prev: string; hash: string }): StoredRow {
  const frame = JSON.parse(row.text) as { at: string; entry: JournalEntry };
  return {
    seq: Number(row.seq),
    text: row.text,
    prevHash: row.prev,
    entryHash: row.hash,
    // Microseconds, which Date.parse would cut off.
    at: Date.parse(frame.at) + Number(/\.\d{3}(\d*)/.exec(frame.at)?.[1] ?? 0) / 1000,
    entry: frame.entry,
  };
}
