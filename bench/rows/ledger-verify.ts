import { createHash } from "node:crypto";
import { noteTools } from "../../src/adapters/local/note-tools.ts";
import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import { readClaims } from "../../src/core/ledger/claims.ts";
import type { LedgerRow } from "../../src/core/ledger/types.ts";
import { verifyLedger } from "../../src/core/ledger/verify.ts";
import { diceOf } from "../../test/tampering/dice.ts";
import { grown, headOf, keyOf, noteOf } from "../../test/tampering/kept-ledger.ts";
import { absoluteRow, median, type Row } from "../row.ts";

const RECORDS = 50_000;
const ROUNDS = 7;
const LOG = "11111111-2222-4333-8444-555555555555";

/**
 * The verification of a ledger in memory, chain, form and hash tree against a signed checkpoint, beside one SHA-256 over
 * the same bytes; both in turn, in one thread.
 */
export function measure(): Promise<Row[]> {
  const key = keyOf(7);
  const rows = grown(diceOf("bench"), [], RECORDS, LOG);
  const head = headOf(rows, LOG);
  const notes = [{ place: "anchor", ...noteOf(rows, RECORDS, LOG, key) }];
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(microseconds(() => hashed(rows)));
    ours.push(
      microseconds(() => {
        const claims = readClaims(notes, [key.verifier], noteTools);
        const { kind } = verifyLedger(rows, head, ledgerTools, claims);
        if (kind !== "intact") throw new Error("the bench's own ledger is not intact");
      }),
    );
  }
  const value = median(ours);
  const baseline = median(bare);
  const row = absoluteRow("verification of a ledger, each record, one core", "µs", value, 10);
  return Promise.resolve([{ ...row, baseline, ratio: null }]);
}

/** Of the processor's time for each record: on a busy machine a clock counts what others take. */
function microseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / RECORDS;
}

function hashed(rows: readonly LedgerRow[]): void {
  for (const { record } of rows) createHash("sha256").update(record, "utf8").digest("hex");
}
