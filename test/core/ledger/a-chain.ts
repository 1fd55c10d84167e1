import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import type { LedgerHead, LedgerRow } from "../../../src/core/ledger/types.ts";

export const LOG = "11111111-2222-3333-4444-555555555555";
export const NO_HASH = "0".repeat(64);

/** Records as the database writes them, and their head. */
export function aChain(length: number): { rows: LedgerRow[]; head: LedgerHead } {
  const rows: LedgerRow[] = [];
  for (let seq = 1; seq <= length; seq++) rows.push(aRow(seq, rows.at(-1)?.entryHash ?? NO_HASH));
  return { rows, head: { log: LOG, seq: length, entryHash: rows.at(-1)?.entryHash ?? NO_HASH } };
}

export function aRow(
  seq: number,
  prevHash: string,
  changes: Readonly<Record<string, unknown>> = {},
): LedgerRow {
  const id = `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`;
  const at = `2026-11-21T00:00:${String(Math.floor(seq / 10) % 60).padStart(2, "0")}.00000${seq % 10}Z`;
  const entry = { app: "diary", env: "local", deploymentId: "d-1", data: { step: `number ${seq}` } };
  const record = ledgerTools.canonicalize({ at, changes: [], entry, id, log: LOG, seq, ...changes });
  const entryHash = ledgerTools.entryHash(prevHash, record);
  return { seq, id, app: "diary", env: "local", deploymentId: "d-1", record, prevHash, entryHash };
}
