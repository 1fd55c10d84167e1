import type { LedgerFaultKind, LedgerHead, LedgerRow } from "../../src/core/ledger/types.ts";
import type { Dice } from "./dice.ts";
import { editings } from "./editings.ts";
import { rewritings } from "./rewritings.ts";
import type { Held, KeptLedger, Note } from "./kept-ledger.ts";

/** What a tampering left behind, and what has to be said of it. */
export interface Tampered extends Held {
  readonly anchor: readonly Note[];
  /** The first record that is not as it was; of a checkpoint, the number that it covers. */
  readonly seq: number;
  /** The words that are right for it. */
  readonly kinds: readonly LedgerFaultKind[];
  /** Only a range can be told, whatever the kind. */
  readonly isVague?: boolean;
}

export type Tampering = (ledger: KeptLedger & { readonly head: LedgerHead }, dice: Dice) => Tampered;

export const TAMPERINGS: Readonly<Record<string, Tampering>> = { ...editings, ...rewritings };

/** A row with its text changed by a function that must change it. */
export function reworded(row: LedgerRow, change: (record: string) => string): LedgerRow {
  const record = change(row.record);
  if (record === row.record) throw new Error(`nothing was changed in ${row.record}`);
  return { ...row, record };
}
