// The ledger as it is stored. Types only.

import type { TreeTools } from "./merkle.ts";

/** A row of the ledger, as it is in the database: nothing of it is believed yet. */
export interface LedgerRow {
  readonly seq: number;
  readonly id: string;
  readonly app: string;
  readonly env: string;
  readonly deploymentId: string;
  /** The canonical JSON whose bytes were hashed. */
  readonly record: string;
  /** Hex. */
  readonly prevHash: string;
  /** Hex; SHA-256 of a zero byte, the previous hash and the record's bytes. */
  readonly entryHash: string;
}

/** Where the chain ends, kept apart from it. */
export interface LedgerHead {
  /** Id of this ledger. */
  readonly log: string;
  readonly seq: number;
  /** Hex; 64 zeros when there is no record yet. */
  readonly entryHash: string;
}

/** What can be wrong with a ledger. */
export type LedgerFaultKind =
  | "edited"
  | "deleted"
  | "inserted"
  | "reordered"
  | "duplicated"
  | "truncated"
  | "not-canonical"
  | "time-backwards"
  | "head-missing"
  | "head-differs"
  /** Records that a checkpoint covers are gone, and the head was made to fit. */
  | "truncated-vs-anchor"
  /** The whole database is as it was earlier, its own memory of checkpoints included. */
  | "rolled-back"
  /** The chain is whole, and is not the one that was signed. */
  | "forked"
  | "bad-signature"
  | "unknown-key"
  /** A checkpoint that is no checkpoint, or stands where another one belongs. */
  | "checkpoint-differs"
  /** Another ledger stands in the place of the one that was asked for. */
  | "other-ledger";

export interface LedgerFault {
  /** The record that is wrong, or the first of those that are missing; of a checkpoint, the number that it covers. */
  readonly seq: number;
  /** Where only a range can be told: the last record of it. */
  readonly through?: number;
  /** Where records are missing at the end: the first of those before them that no checkpoint confirms. */
  readonly since?: number;
  readonly kind: LedgerFaultKind;
  readonly says: string;
}

export type LedgerVerdict =
  | { readonly kind: "intact"; readonly records: number; readonly head: LedgerHead }
  | {
      readonly kind: "not-intact";
      readonly records: number;
      /** Those of records, in their order, then those of checkpoints; the first one is where the damage begins. */
      readonly faults: readonly LedgerFault[];
    };

/** What verification needs of the outside; all of it is pure. */
export interface LedgerTools extends TreeTools {
  /** Hex SHA-256 of a zero byte, the bytes that `prevHash` is the hex of, and the record in UTF-8. */
  readonly entryHash: (prevHash: string, record: string) => string;
  /** RFC 8785. Throws on what is not I-JSON. */
  readonly canonicalize: (value: unknown) => string;
}
