import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { noteTools } from "../../src/adapters/local/note-tools.ts";
import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import { writeCheckpoint } from "../../src/core/ledger/checkpoint.ts";
import { GrowingTree } from "../../src/core/ledger/merkle.ts";
import {
  readVerifierKey,
  signatureLine,
  writeVerifierKey,
  type VerifierKey,
} from "../../src/core/ledger/signed-note.ts";
import type { LedgerHead, LedgerRow } from "../../src/core/ledger/types.ts";
import type { Dice } from "./dice.ts";

export const NO_HASH = "0".repeat(64);
const ORIGIN = "slipway/campaign";

export interface Note {
  readonly size: number;
  readonly note: string;
}

/** What the database holds. */
export interface Held {
  readonly rows: readonly LedgerRow[];
  readonly head: LedgerHead | undefined;
  readonly notes: readonly Note[];
}

/** The database and, outside of it, the anchor. */
export interface KeptLedger extends Held {
  readonly anchor: readonly Note[];
  /** The database as it was after each checkpoint. */
  readonly backups: readonly Held[];
}

export interface Key {
  readonly verifier: VerifierKey;
  readonly sign: (text: string) => string;
}

/** An Ed25519 key out of 32 bytes that repeat one byte. */
export function keyOf(byte: number, name = ORIGIN): Key {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, byte)]);
  const key: KeyObject = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const verifier = readVerifierKey(writeVerifierKey(name, spki.subarray(-32), noteTools), noteTools);
  if (verifier === undefined) throw new Error("no key");
  const signer = verifier;
  return {
    verifier,
    sign: (text) => `${text}\n${signatureLine(signer, sign(undefined, Buffer.from(text), key))}\n`,
  };
}

/** Seals a record's text into a row after another one. */
export function sealed(row: LedgerRow, prevHash: string): LedgerRow {
  return { ...row, prevHash, entryHash: ledgerTools.entryHash(prevHash, row.record) };
}

/** Computes all hashes anew. */
export function resealed(rows: readonly LedgerRow[], from = 1): LedgerRow[] {
  const out: LedgerRow[] = [];
  for (const row of rows) out.push(row.seq < from ? row : sealed(row, out.at(-1)?.entryHash ?? NO_HASH));
  return out;
}

export function headOf(rows: readonly LedgerRow[], log: string): LedgerHead {
  return { log, seq: rows.length, entryHash: rows.at(-1)?.entryHash ?? NO_HASH };
}

/** The signed checkpoint of the first `size` rows. */
export function noteOf(rows: readonly LedgerRow[], size: number, log: string, key: Key): Note {
  const tree = new GrowingTree(ledgerTools);
  for (const { record } of rows.slice(0, size)) tree.add(record);
  const head = rows[size - 1]?.entryHash ?? NO_HASH;
  return { size, note: key.sign(writeCheckpoint({ origin: ORIGIN, size, root: tree.root(), head, log })) };
}

const WORDS = [
  "migrate",
  "café",
  "réseau",
  "\u{1f6a2} ship",
  "a\tb",
  "</td>",
  "Ω",
  "x".repeat(300),
  "",
  "\ufb33",
];

/** A row as the database writes it. Every text holds a letter that has two Unicode forms, a number and a plain word. */
export function rowOf(dice: Dice, seq: number, log: string, micros: number, fork = ""): LedgerRow {
  const hex = seq.toString(16).padStart(8, "0");
  const id = `${hex}-0000-4000-8000-${String(dice.below(1e9)).padStart(12, "0")}`;
  const whole = Math.floor(micros / 1000);
  const at = new Date(BEGINNING + whole).toISOString();
  const [app, env, deploymentId] = ["diary", dice.one(["staging", "production"]), `d-${Math.ceil(seq / 7)}`];
  // Keys that look like numbers are put in another order by JavaScript than by RFC 8785.
  const numbered = dice.below(8) === 0 ? { "9": 1, "10": 2 } : { done: true, file: "0001_a.up.sql" };
  const data = { count: dice.below(1000), note: `é ${dice.one(WORDS)}${fork}`, z: [1, numbered] };
  const isAct = dice.below(6) === 0;
  const entry = {
    type: isAct ? "act" : "step",
    app,
    env,
    deploymentId,
    step: "smoke",
    attempt: 1,
    phase: "intent",
    fence: isAct ? null : 3,
    actor: dice.one(["person-a", "person-b"]),
    data,
  };
  const record = ledgerTools.canonicalize({
    at: `${at.slice(0, 23)}${String(micros - whole * 1000).padStart(3, "0")}Z`,
    changes: [],
    entry,
    id,
    log,
    seq,
  });
  return { seq, id, app, env, deploymentId, record, prevHash: NO_HASH, entryHash: NO_HASH };
}

const BEGINNING = Date.UTC(2026, 10, 21);

/** When a row was written, in microseconds after the beginning. */
function microsOf(row: LedgerRow | undefined): number {
  const [, millis, micros] = /^\{"at":"(.{23})(\d{3})Z"/.exec(row?.record ?? "") ?? [];
  if (millis === undefined) return 0;
  return (Date.parse(`${millis}Z`) - BEGINNING) * 1000 + Number(micros);
}

/** Rows that follow others, times not going back. */
export function grown(
  dice: Dice,
  rows: readonly LedgerRow[],
  to: number,
  log: string,
  fork = "",
): LedgerRow[] {
  const out = [...rows];
  let micros = microsOf(rows.at(-1));
  while (out.length < to) {
    // Several records may have one time: the database's clock is kept from going back, not from standing still.
    micros += dice.one([0, 1, 1000, 1_999_999]);
    out.push(sealed(rowOf(dice, out.length + 1, log, micros, fork), out.at(-1)?.entryHash ?? NO_HASH));
  }
  return out;
}

/** A ledger that was kept as it should be: signed and anchored now and then, and at its end. */
export function aKeptLedger(dice: Dice, key: Key): KeptLedger {
  const log = `${String(dice.below(1e8)).padStart(8, "0")}-2222-4333-8444-555555555555`;
  const count = dice.between(4, 40);
  const rows = grown(dice, [], count, log);
  const sizes = [...new Set(Array.from({ length: dice.below(5) }, () => dice.between(1, count)))];
  const all = [...new Set([...sizes, count])].sort((one, other) => one - other);
  const anchor = all.map((size) => noteOf(rows, size, log, key));
  const backups = anchor.map(({ size }, index) => ({
    rows: rows.slice(0, size),
    head: headOf(rows.slice(0, size), log),
    notes: anchor.slice(0, index + 1),
  }));
  return { rows, head: headOf(rows, log), notes: anchor, anchor, backups };
}
