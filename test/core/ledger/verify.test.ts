import { describe, expect, test } from "vitest";
import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import type { LedgerHead, LedgerRow } from "../../../src/core/ledger/types.ts";
import { verifyLedger } from "../../../src/core/ledger/verify.ts";
import { aChain, aRow, LOG, NO_HASH } from "./a-chain.ts";

const verify = (rows: readonly LedgerRow[], head: LedgerHead | undefined) =>
  verifyLedger(rows, head, ledgerTools);

/** Seq and kind of the first fault. */
function first(rows: readonly LedgerRow[], head: LedgerHead | undefined): unknown {
  const verdict = verify(rows, head);
  return verdict.kind === "intact" ? "intact" : [verdict.faults[0]?.seq, verdict.faults[0]?.kind];
}

function at(rows: readonly LedgerRow[], seq: number): LedgerRow {
  const row = rows[seq - 1];
  if (row === undefined) throw new Error(`no row ${seq}`);
  return row;
}

const rehashed = (row: LedgerRow): LedgerRow => ({
  ...row,
  entryHash: ledgerTools.entryHash(row.prevHash, row.record),
});

test.each([0, 1, 2, 25])("finds nothing wrong with an honest ledger of %i", (length) => {
  const { rows, head } = aChain(length);
  expect(verify(rows, head)).toEqual({ kind: "intact", records: length, head });
});

describe("finds", () => {
  const { rows, head } = aChain(9);
  const text = (seq: number, from: string, to: string): LedgerRow => ({
    ...at(rows, seq),
    record: at(rows, seq).record.replace(from, to),
  });
  const edited = text(4, "number 4", "number 5");

  test("an edited text", () => {
    expect(verify(rows.with(3, edited), head)).toEqual({
      kind: "not-intact",
      records: 9,
      faults: [{ seq: 4, kind: "edited", says: "its hash is not that of its text" }],
    });
  });

  test("an edited text whose hash was computed anew, in the middle and at the end", () => {
    expect(first(rows.with(3, rehashed(edited)), head)).toEqual([4, "edited"]);
    expect(first(rows.with(8, rehashed(text(9, "number 9", "number 0"))), head)).toEqual([9, "head-differs"]);
  });

  test("a changed hash and a changed link", () => {
    expect(first(rows.with(3, { ...at(rows, 4), entryHash: "ab".repeat(32) }), head)).toEqual([4, "edited"]);
    expect(first(rows.with(3, { ...at(rows, 4), prevHash: "ab".repeat(32) }), head)).toEqual([4, "edited"]);
    expect(first(rows.with(0, { ...at(rows, 1), prevHash: "ab".repeat(32) }), head)).toEqual([1, "edited"]);
  });

  test("a changed column", () => {
    expect(first(rows.with(6, { ...at(rows, 7), env: "production" }), head)).toEqual([7, "edited"]);
    expect(first(rows.with(6, { ...at(rows, 7), deploymentId: "d-2" }), head)).toEqual([7, "edited"]);
  });

  test("a deleted record, with the gap left open or closed", () => {
    const without = rows.toSpliced(4, 1);
    expect(first(without, head)).toEqual([5, "deleted"]);
    const closed = without.map((row, index) => ({ ...row, seq: index + 1 }));
    expect(first(closed, { ...head, seq: 8 })).toEqual([5, "deleted"]);
  });

  test("a deleted beginning and a cut tail", () => {
    expect(first(rows.slice(2), head)).toEqual([1, "deleted"]);
    expect(verify(rows.slice(0, 6), head)).toMatchObject({
      faults: [{ seq: 7, kind: "truncated", says: "records 7 to 9 are missing at the end" }],
    });
    expect(first([], head)).toEqual([1, "truncated"]);
  });

  test("an inserted record, however well it was made", () => {
    const forged = aRow(5, at(rows, 4).entryHash, {
      entry: { app: "diary", env: "local", deploymentId: "d-1" },
    });
    const shifted = rows.slice(4).map((row) => ({ ...row, seq: row.seq + 1 }));
    expect(first([...rows.slice(0, 4), forged, ...shifted], { ...head, seq: 10 })).toEqual([5, "inserted"]);
    expect(first([...rows, aRow(10, head.entryHash)], head)).toEqual([10, "inserted"]);
  });

  test("two records that changed places", () => {
    const swapped = rows.with(3, { ...at(rows, 7), seq: 4 }).with(6, { ...at(rows, 4), seq: 7 });
    expect(first(swapped, head)).toEqual([4, "reordered"]);
  });

  test("a copy, under the same number, under the next, and at the end", () => {
    expect(first(rows.toSpliced(4, 0, at(rows, 4)), head)).toEqual([4, "duplicated"]);
    const shifted = rows.slice(4).map((row) => ({ ...row, seq: row.seq + 1 }));
    expect(first([...rows.slice(0, 4), { ...at(rows, 4), seq: 5 }, ...shifted], head)).toEqual([
      5,
      "duplicated",
    ]);
    expect(first([...rows, { ...at(rows, 9), seq: 10 }], head)).toEqual([10, "duplicated"]);
  });

  test("bytes that are not canonical, though they mean the same and hash well", () => {
    const padded = rehashed(text(9, ":", ": "));
    expect(first(rows.with(8, padded), { ...head, entryHash: padded.entryHash })).toEqual([
      9,
      "not-canonical",
    ]);
    const twice = rehashed(text(9, '"changes":[]', '"changes":[],"changes":[]'));
    expect(first(rows.with(8, twice), { ...head, entryHash: twice.entryHash })).toEqual([9, "not-canonical"]);
  });

  test("a text that is no record", () => {
    const empty = rehashed({ ...at(rows, 9), record: "{}" });
    expect(first(rows.with(8, empty), { ...head, entryHash: empty.entryHash })).toEqual([9, "edited"]);
    expect(first(rows.with(8, { ...empty, record: "not json" }), head)).toEqual([9, "edited"]);
  });

  test("time that goes backwards", () => {
    const late = aRow(9, at(rows, 8).entryHash, { at: "2020-01-01T00:00:00.000000Z" });
    expect(first(rows.with(8, late), { ...head, entryHash: late.entryHash })).toEqual([9, "time-backwards"]);
  });

  test("a record of another ledger", () => {
    const foreign = aRow(9, at(rows, 8).entryHash, { log: LOG.replace("1", "2") });
    expect(first(rows.with(8, foreign), { ...head, entryHash: foreign.entryHash })).toEqual([9, "inserted"]);
  });

  test("a head that is gone, of another ledger, or of another end", () => {
    expect(first(rows, undefined)).toEqual([10, "head-missing"]);
    expect(first(rows, { ...head, log: LOG.replace("1", "2") })).toEqual([1, "head-differs"]);
    expect(first(rows, { ...head, entryHash: NO_HASH })).toEqual([9, "head-differs"]);
    expect(first(rows, { ...head, seq: 8, entryHash: at(rows, 8).entryHash })).toEqual([9, "inserted"]);
    expect(first(rows, { ...head, seq: 12 })).toEqual([10, "truncated"]);
  });
});
