import type { LedgerRow } from "../../src/core/ledger/types.ts";
import type { Dice } from "./dice.ts";
import { grown, headOf, keyOf, noteOf, resealed, type Held, type Note } from "./kept-ledger.ts";
import { reworded, type Tampering } from "./tamperings.ts";

// Tamperings by somebody who computes everything in the database anew: it contradicts itself nowhere.

const FORGER = keyOf(66);
/** The right name and id over another key's signature. */
function posing(note: string, real: string): string {
  const id = /— \S+ (.{6})/u.exec(real)?.[1] ?? "";
  return note.replace(/(— \S+ ).{6}/u, `$1${id}`);
}

/** The records with one of them changed and every hash after it computed anew. */
function rewritten(rows: readonly LedgerRow[], seq: number, change: (text: string) => string): LedgerRow[] {
  return resealed(
    rows.map((row) => (row.seq === seq ? reworded(row, change) : row)),
    seq,
  );
}

/** What the database says of checkpoints afterwards. */
function signedAnew(held: Held, rows: readonly LedgerRow[], log: string, dice: Dice): readonly Note[] {
  const own = held.notes.map(({ size }) => noteOf(rows, Math.min(size, rows.length), log, FORGER));
  switch (dice.below(4)) {
    case 0:
      return held.notes;
    case 1:
      return [];
    case 2:
      return own;
    default:
      return own.map(({ size, note }) => ({ size, note: posing(note, held.notes[0]?.note ?? "") }));
  }
}

export const rewritings: Readonly<Record<string, Tampering>> = {
  "a record changed and the whole chain after it": (ledger, dice) => {
    const seq = dice.between(1, ledger.rows.length);
    const rows = rewritten(ledger.rows, seq, (text) => text.replace("smoke", "shift"));
    const { log } = ledger.head;
    const notes = signedAnew(ledger, rows, log, dice);
    return { ...ledger, rows, head: headOf(rows, log), notes, seq, kinds: ["forked"] };
  },
  "a Unicode form and the whole chain after it": (ledger, dice) => {
    const seq = dice.between(1, ledger.rows.length);
    const rows = rewritten(ledger.rows, seq, (text) => text.normalize("NFD"));
    const { log } = ledger.head;
    const notes = signedAnew(ledger, rows, log, dice);
    return { ...ledger, rows, head: headOf(rows, log), notes, seq, kinds: ["forked"] };
  },
  "a record changed, the chain after it, and not the head": (ledger, dice) => {
    const seq = dice.between(1, ledger.rows.length);
    const rows = rewritten(ledger.rows, seq, (text) => text.replace("smoke", "shift"));
    return { ...ledger, rows, seq, kinds: ["forked"] };
  },
  "another history from a record on": (ledger, dice) => {
    const seq = dice.between(1, ledger.rows.length);
    const { log } = ledger.head;
    const to = ledger.rows.length + dice.below(6);
    const rows = grown(dice, ledger.rows.slice(0, seq - 1), to, log, " forged");
    const notes = signedAnew(ledger, rows, log, dice);
    return { ...ledger, rows, head: headOf(rows, log), notes, seq, kinds: ["forked"] };
  },
  "a record deleted and the whole chain after it": (ledger, dice) => {
    const seq = dice.between(1, ledger.rows.length - 1);
    const kept = ledger.rows.filter((row) => row.seq !== seq);
    const moved = kept.map((row, index) => ({
      ...row,
      seq: index + 1,
      record: row.record.replace(/"seq":\d+\}$/, `"seq":${index + 1}}`),
    }));
    const rows = resealed(moved, seq);
    const { log } = ledger.head;
    // The first checkpoint after the record shows it; where there is none, records are missing at the end.
    const kinds = ["forked", "truncated-vs-anchor"] as const;
    return { ...ledger, rows, head: headOf(rows, log), seq, kinds, isVague: true };
  },
  "the database as it was earlier": (ledger, dice) => {
    const earlier = ledger.backups.slice(0, -1);
    const empty = { rows: [], head: headOf([], ledger.head.log), notes: [] };
    const backup = dice.one([empty, ...earlier]);
    return { ...ledger, ...backup, seq: backup.rows.length + 1, kinds: ["rolled-back"] };
  },
  "the database as it was earlier, and then used again": (ledger, dice) => {
    const backup = dice.one([{ rows: [], notes: [] }, ...ledger.backups.slice(0, -1)]);
    const { log } = ledger.head;
    // Used until it is at least as long as the checkpoints say.
    const to = ledger.rows.length + dice.below(4);
    const rows = grown(dice, backup.rows, to, log, " anew");
    const { notes } = backup;
    return {
      ...ledger,
      rows,
      head: headOf(rows, log),
      notes,
      seq: backup.rows.length + 1,
      kinds: ["forked"],
    };
  },
  "checkpoints signed by another key": (ledger, dice) => {
    const { log } = ledger.head;
    const isPosing = dice.below(2) === 0;
    const notes = ledger.notes.map(({ size, note }) => {
      const forged = noteOf(ledger.rows, size, log, FORGER);
      return isPosing ? { size, note: posing(forged.note, note) } : forged;
    });
    const seq = notes[0]?.size ?? 0;
    return { ...ledger, notes, seq, kinds: [isPosing ? "bad-signature" : "unknown-key"] };
  },
  "another ledger in its place": (ledger, dice) => {
    const log = `99999999-2222-4333-8444-555555555555`;
    const rows = grown(dice, [], ledger.rows.length, log, " other");
    const notes = ledger.notes.map(({ size }) => noteOf(rows, size, log, FORGER));
    return { rows, head: headOf(rows, log), notes, anchor: ledger.anchor, seq: 1, kinds: ["other-ledger"] };
  },
};
