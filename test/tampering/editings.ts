import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import type { LedgerRow } from "../../src/core/ledger/types.ts";
import type { Dice } from "./dice.ts";
import { headOf, sealed } from "./kept-ledger.ts";
import { reworded, type Tampering } from "./tamperings.ts";

// Tamperings that touch some records and leave the others as they are.

const renumbered = (rows: readonly LedgerRow[]) => rows.map((row, index) => ({ ...row, seq: index + 1 }));

function pick(rows: readonly LedgerRow[], dice: Dice, from = 1, to = rows.length): LedgerRow {
  const row = rows[dice.between(from, to) - 1];
  if (row === undefined) throw new Error("no such row");
  return row;
}

function flipped(text: string, dice: Dice): string {
  const at = dice.below(text.length);
  // Half a character cannot be stored, so only the low bits of an ASCII letter or digit are turned.
  for (let i = 0; i < text.length; i++) {
    const place = (at + i) % text.length;
    const code = text.charCodeAt(place);
    const changed = code ^ (1 << dice.below(6));
    if (code >= 0x20 && code < 0x7f && changed >= 0x20 && changed < 0x7f) {
      return text.slice(0, place) + String.fromCharCode(changed) + text.slice(place + 1);
    }
  }
  throw new Error("nothing to flip");
}

function flippedHex(text: string, dice: Dice): string {
  const at = dice.below(text.length);
  const digit = Number.parseInt(text.charAt(at), 16) ^ (1 << dice.below(4));
  return text.slice(0, at) + digit.toString(16) + text.slice(at + 1);
}

/** The same JSON, written in another way. */
function reencoded(record: string, dice: Dice): string {
  const value = JSON.parse(record) as Record<string, unknown>;
  switch (dice.below(5)) {
    case 0:
      return record.replace('"attempt":1', '"attempt":1.0');
    case 1:
      return record.replace("é", "\\u00e9");
    case 2:
      return JSON.stringify(value, null, 1);
    case 3:
      return JSON.stringify(Object.fromEntries(Object.entries(value).toReversed()));
    default:
      return record.replace('"seq":', '"seq": ');
  }
}

export const editings: Readonly<Record<string, Tampering>> = {
  "a bit of a text": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const rows = ledger.rows.map((row) =>
      row.seq === seq ? reworded(row, (text) => flipped(text, dice)) : row,
    );
    return { ...ledger, rows, seq, kinds: ["edited", "inserted", "time-backwards", "not-canonical"] };
  },
  "a text, its own hash made to fit": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const rows = ledger.rows.map((row) =>
      row.seq === seq
        ? sealed(
            reworded(row, (text) => text.replace("smoke", "shift")),
            row.prevHash,
          )
        : row,
    );
    return {
      ...ledger,
      rows,
      seq,
      kinds: seq === ledger.rows.length ? ["forked"] : ["edited"],
    };
  },
  "a bit of a hash": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const column = dice.one(["prevHash", "entryHash"] as const);
    const rows = ledger.rows.map((row) =>
      row.seq === seq ? { ...row, [column]: flippedHex(row[column], dice) } : row,
    );
    return { ...ledger, rows, seq, kinds: ["edited"] };
  },
  "a column beside the text": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const column = dice.one(["id", "app", "env", "deploymentId"] as const);
    const rows = ledger.rows.map((row) =>
      row.seq === seq ? { ...row, [column]: flipped(row[column], dice) } : row,
    );
    return { ...ledger, rows, seq, kinds: ["edited"] };
  },
  "the same JSON in other words": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const rows = ledger.rows.map((row) =>
      row.seq === seq ? reworded(row, (text) => reencoded(text, dice)) : row,
    );
    return { ...ledger, rows, seq, kinds: ["not-canonical"] };
  },
  "the other Unicode form": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const rows = ledger.rows.map((row) =>
      row.seq === seq ? reworded(row, (text) => text.normalize("NFD")) : row,
    );
    return { ...ledger, rows, seq, kinds: ["edited"] };
  },
  "a record deleted, the gap left open": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice, 1, ledger.rows.length - 1);
    return { ...ledger, rows: ledger.rows.filter((row) => row.seq !== seq), seq, kinds: ["deleted"] };
  },
  "a record deleted, the gap closed": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice, 1, ledger.rows.length - 1);
    const rows = renumbered(ledger.rows.filter((row) => row.seq !== seq));
    return { ...ledger, rows, head: { ...ledger.head, seq: rows.length }, seq, kinds: ["deleted"] };
  },
  "the beginning deleted": (ledger, dice) => {
    const count = dice.between(1, ledger.rows.length - 1);
    return { ...ledger, rows: ledger.rows.slice(count), seq: 1, kinds: ["deleted"] };
  },
  "the end cut": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    return { ...ledger, rows: ledger.rows.slice(0, seq - 1), seq, kinds: ["truncated"] };
  },
  "the end cut and the head made to fit": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const rows = ledger.rows.slice(0, seq - 1);
    return { ...ledger, rows, head: headOf(rows, ledger.head.log), seq, kinds: ["truncated-vs-anchor"] };
  },
  "two records exchanged": (ledger, dice) => {
    const one = pick(ledger.rows, dice, 1, ledger.rows.length - 1);
    const other = pick(ledger.rows, dice, one.seq + 1);
    const rows = ledger.rows.map((row) =>
      row === one ? { ...other, seq: one.seq } : row === other ? { ...one, seq: other.seq } : row,
    );
    return { ...ledger, rows, seq: one.seq, kinds: ["reordered"] };
  },
  "two texts exchanged": (ledger, dice) => {
    const one = pick(ledger.rows, dice, 1, ledger.rows.length - 1);
    const other = pick(ledger.rows, dice, one.seq + 1);
    const text = (row: LedgerRow, from: LedgerRow) => ({ ...row, record: from.record });
    const rows = ledger.rows.map((row) =>
      row === one ? text(row, other) : row === other ? text(row, one) : row,
    );
    return { ...ledger, rows, seq: one.seq, kinds: ["edited", "reordered"] };
  },
  "a forged record put in": (ledger, dice) => {
    const before = pick(ledger.rows, dice);
    const { seq } = before;
    const text = before.record.replace(before.id, `f${before.id.slice(1)}`).replace("smoke", "shift");
    const forged = sealed({ ...before, id: `f${before.id.slice(1)}`, record: text }, before.prevHash);
    const rows = renumbered([...ledger.rows.slice(0, seq - 1), forged, ...ledger.rows.slice(seq - 1)]);
    return {
      ...ledger,
      rows,
      head: { ...ledger.head, seq: rows.length },
      seq,
      kinds: ["inserted", "edited"],
    };
  },
  "a record copied": (ledger, dice) => {
    const row = pick(ledger.rows, dice);
    const copy = dice.below(2) === 0 ? row : { ...row, id: `f${row.id.slice(1)}` };
    const all = [...ledger.rows.slice(0, row.seq), copy, ...ledger.rows.slice(row.seq)];
    if (dice.below(2) === 0) return { ...ledger, rows: all, seq: row.seq, kinds: ["duplicated"] };
    const rows = renumbered(all);
    const head = { ...ledger.head, seq: rows.length };
    return { ...ledger, rows, head, seq: row.seq + 1, kinds: ["duplicated", "edited"] };
  },
  "the head": (ledger, dice) => {
    const { head, rows } = ledger;
    const end = rows.length;
    switch (dice.below(5)) {
      case 0:
        return { ...ledger, head: undefined, seq: end + 1, kinds: ["head-missing"] };
      case 1:
        return { ...ledger, head: { ...head, seq: head.seq + 1 }, seq: end + 1, kinds: ["truncated"] };
      case 2:
        return { ...ledger, head: { ...head, seq: head.seq - 1 }, seq: end, kinds: ["inserted"] };
      case 3:
        return {
          ...ledger,
          head: { ...head, entryHash: flippedHex(head.entryHash, dice) },
          seq: end,
          kinds: ["head-differs"],
        };
      default:
        return {
          ...ledger,
          head: { ...head, log: `${head.log.startsWith("0") ? "1" : "0"}${head.log.slice(1)}` },
          seq: 1,
          kinds: ["head-differs"],
        };
    }
  },
  "a checkpoint put in the place of another": (ledger, dice) => {
    const [older] = ledger.anchor;
    const newest = ledger.anchor.at(-1);
    if (older === undefined || newest === undefined) throw new Error("no checkpoint");
    const { size } = newest;
    // An older one where there are several, else one that was cut short.
    const note = older === newest ? newest.note.slice(0, -4) : older.note;
    const forged = [...ledger.anchor.slice(0, -1), { size, note }];
    const where = dice.one(["notes", "anchor"] as const);
    return { ...ledger, [where]: forged, seq: size, kinds: ["checkpoint-differs", "bad-signature"] };
  },
  "a bit of a checkpoint": (ledger, dice) => {
    const chosen = dice.one(ledger.anchor);
    const note = flipped(chosen.note, dice);
    const where = dice.one(["notes", "anchor"] as const);
    const forged = ledger.anchor.map((one) => (one === chosen ? { ...one, note } : one));
    const kinds = ["bad-signature", "unknown-key", "checkpoint-differs"] as const;
    return { ...ledger, [where]: forged, seq: chosen.size, kinds };
  },
  "a time, all after it made to fit": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice, 2);
    const rows = ledger.rows.map((row) =>
      row.seq === seq ? reworded(row, (text) => text.replace(/"at":"\d{4}/, '"at":"2019')) : row,
    );
    const out: LedgerRow[] = [];
    for (const row of rows) out.push(row.seq < seq ? row : sealed(row, out.at(-1)?.entryHash ?? ""));
    return { ...ledger, rows: out, head: headOf(out, ledger.head.log), seq, kinds: ["time-backwards"] };
  },
  "a record that is no record": (ledger, dice) => {
    const { seq } = pick(ledger.rows, dice);
    const text = dice.one(["", "{", "null", "[]", '{"at":1}', ledgerTools.canonicalize({ seq })]);
    const rows = ledger.rows.map((row) => (row.seq === seq ? { ...row, record: text } : row));
    return { ...ledger, rows, seq, kinds: ["edited"] };
  },
};
