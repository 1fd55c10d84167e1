import { noteTools } from "../../src/adapters/local/note-tools.ts";
import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import { IN_LEDGER, readClaims, type FoundNote } from "../../src/core/ledger/claims.ts";
import type { LedgerFault, LedgerVerdict } from "../../src/core/ledger/types.ts";
import { LedgerVerifier } from "../../src/core/ledger/verify.ts";
import { diceOf, type Dice } from "./dice.ts";
import { aKeptLedger, grown, headOf, keyOf, type KeptLedger } from "./kept-ledger.ts";
import { TAMPERINGS, type Tampered } from "./tamperings.ts";

export interface CampaignReport {
  readonly seed: string;
  readonly tampered: number;
  readonly found: number;
  /** Kind of tampering → how many were tried. */
  readonly tried: Readonly<Record<string, number>>;
  /** Those that were not found, or not named rightly. */
  readonly missed: readonly { readonly case: string; readonly what: string; readonly told: unknown }[];
  readonly honest: number;
  readonly falseAlarms: readonly { readonly case: string; readonly told: unknown }[];
}

const KEY = keyOf(7);
const OLD_KEY = keyOf(9);

/** Tampers with so many ledgers and leaves others alone; each case can be repeated by its own seed. */
export function runCampaign(seed: string, count: number, honest: number): CampaignReport {
  const names = Object.keys(TAMPERINGS);
  const tried: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  const missed: CampaignReport["missed"][number][] = [];
  for (let n = 0; n < count; n++) {
    const name = names[n % names.length] ?? "";
    const told = runCase(`${seed}/${n}`, name);
    tried[name] = (tried[name] ?? 0) + 1;
    if (told !== undefined) missed.push({ case: `${seed}/${n}`, what: name, told });
  }
  const falseAlarms: CampaignReport["falseAlarms"][number][] = [];
  for (let n = 0; n < honest; n++) {
    const dice = diceOf(`${seed}/honest/${n}`);
    const verdict = verified(honestly(dice), undefined);
    if (verdict.kind !== "intact") falseAlarms.push({ case: `${seed}/honest/${n}`, told: verdict.faults });
  }
  return { seed, tampered: count, found: count - missed.length, tried, missed, honest, falseAlarms };
}

/** `undefined` when the tampering is named rightly, else what was said and what should have been. */
export function runCase(seed: string, name: string): unknown {
  const dice = diceOf(seed);
  const ledger = aKeptLedger(dice, KEY);
  const { head } = ledger;
  const tampering = TAMPERINGS[name];
  if (head === undefined || tampering === undefined) throw new Error(`no tampering ${name}`);
  const tampered = tampering({ ...ledger, head }, dice);
  const verdict = verified(tampered, head.log);
  const first = verdict.kind === "intact" ? undefined : verdict.faults[0];
  return first !== undefined && isNamed(first, tampered)
    ? undefined
    : { expected: { seq: tampered.seq, kinds: tampered.kinds }, told: verdict };
}

/** The record itself. Of a chain that is whole in itself, the range that the checkpoints leave. */
export function isNamed(fault: LedgerFault, { seq: truth, kinds, isVague }: Tampered): boolean {
  const isRange = fault.kind === "forked" || isVague === true;
  const from = isRange ? (fault.since ?? fault.seq) : fault.seq;
  const to = isRange ? (fault.through ?? fault.seq) : fault.seq;
  return kinds.includes(fault.kind) && from <= truth && truth <= to;
}

function verified(
  ledger: Pick<KeptLedger, "rows" | "head" | "notes" | "anchor">,
  log: string | undefined,
): LedgerVerdict {
  const found =
    (place: string) =>
    (note: { size: number; note: string }): FoundNote => ({ place, ...note });
  const notes = [...ledger.notes.map(found(IN_LEDGER)), ...ledger.anchor.map(found("the anchor"))];
  const claims = readClaims(notes, [KEY.verifier, OLD_KEY.verifier], noteTools);
  const verifier = new LedgerVerifier(ledgerTools, claims, log);
  for (const row of ledger.rows) verifier.take(row);
  return verifier.finish(ledger.head);
}

/** What an honest ledger may look like: a newer end, a checkpoint not yet remembered, a key that was changed. */
function honestly(dice: Dice): KeptLedger {
  const ledger = aKeptLedger(dice, dice.one([KEY, OLD_KEY]));
  const log = ledger.head?.log ?? "";
  switch (dice.below(4)) {
    case 0: {
      const rows = grown(dice, ledger.rows, ledger.rows.length + dice.between(1, 9), log);
      return { ...ledger, rows, head: headOf(rows, log) };
    }
    case 1:
      return { ...ledger, notes: ledger.notes.slice(0, -1) };
    case 2:
      return { ...ledger, anchor: ledger.anchor.slice(dice.below(ledger.anchor.length)) };
    default:
      return ledger;
  }
}
