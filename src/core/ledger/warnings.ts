import type { Covered } from "./check-claims.ts";
import type { FoundNote } from "./claims.ts";
import type { LedgerVerdict } from "./types.ts";

/** What an auditor should know of a verification although nothing contradicts anything. */
export interface AuditWarning {
  readonly kind: "unanchored" | "no-anchor" | "keys-unknown" | "anchor-gap";
  /** Records or checkpoints that it is about. */
  readonly count: number;
  readonly says: string;
}

/** What a verification could not show. */
export function auditWarnings(from: {
  readonly verdict: LedgerVerdict;
  readonly covered: Covered;
  readonly notes: readonly FoundNote[];
  /** Checkpoints as the ledger remembers them, with where they were kept. */
  readonly remembered: readonly { readonly size: number; readonly places: readonly string[] }[];
  readonly anchors: readonly string[];
  readonly hasKeys: boolean;
}): readonly AuditWarning[] {
  const { verdict, covered, anchors } = from;
  const warnings: AuditWarning[] = [];
  if (anchors.length === 0) {
    const says = "no anchor was asked; a history that was written anew as a whole would not be found";
    warnings.push({ kind: "no-anchor", count: verdict.records, says });
  } else if (verdict.kind === "intact" && covered.outside < verdict.records) {
    const count = verdict.records - covered.outside;
    const which = count === 1 ? "the newest record is" : `the newest ${count} records are`;
    const says = `${which} covered by no checkpoint outside; whoever owns the database could have changed them`;
    warnings.push({ kind: "unanchored", count, says });
  }
  const unchecked = new Set(from.notes.map(({ note }) => note)).size;
  if (!from.hasKeys && unchecked > 0) {
    const says = "no trusted key was given, so the checkpoints' signatures were not checked";
    warnings.push({ kind: "keys-unknown", count: unchecked, says });
  }
  const kept = new Set(from.notes.map(({ place, size }) => `${size} ${place}`));
  const gone = from.remembered.filter(({ size, places }) =>
    places.some((place) => anchors.includes(place) && !kept.has(`${size} ${place}`)),
  );
  const [first] = gone;
  if (first !== undefined) {
    const which = gone.length === 1 ? "a checkpoint is" : `${gone.length} checkpoints are`;
    const says = `${which} not kept any more where the ledger says, the first one of ${first.size} records`;
    warnings.push({ kind: "anchor-gap", count: gone.length, says });
  }
  return warnings;
}
