import { readCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { checkNote, type NoteTools, type VerifierKey } from "./signed-note.ts";
import type { LedgerFault } from "./types.ts";

/** The place of the checkpoints that the ledger itself remembers. */
export const IN_LEDGER = "the ledger";

/** A note as it was found. */
export interface FoundNote {
  /** `IN_LEDGER`, or an anchor's. */
  readonly place: string;
  /** Number of records that it is filed under. */
  readonly size: number;
  readonly note: string;
}

/** A checkpoint that is believed. */
export interface Claim extends Checkpoint {
  readonly places: readonly string[];
  readonly note: string;
}

export interface Claims {
  /** In the order of their size. */
  readonly claims: readonly Claim[];
  readonly faults: readonly LedgerFault[];
}

/** Reads notes and believes those that a trusted key has signed; `keys` undefined: believes all of them. */
export function readClaims(
  found: readonly FoundNote[],
  keys: readonly VerifierKey[] | undefined,
  tools: NoteTools,
): Claims {
  const claims = new Map<string, { claim: Checkpoint; places: string[] }>();
  const judged = new Map<string, Judged>();
  const faults: LedgerFault[] = [];
  for (const { place, size, note } of found) {
    const verdict = judged.get(note) ?? judge(note, keys, tools);
    judged.set(note, verdict);
    if (verdict.kind !== "believed") {
      faults.push({
        seq: size,
        kind: verdict.kind,
        says: `the checkpoint of ${size} records in ${place} ${verdict.says}`,
      });
      continue;
    }
    const { claim } = verdict;
    if (claim.size !== size) {
      faults.push({
        seq: size,
        kind: "checkpoint-differs",
        says: `where ${place} should keep the checkpoint of ${size} records, it keeps that of ${claim.size}`,
      });
    }
    const known = claims.get(note) ?? { claim, places: [] };
    if (!known.places.includes(place)) known.places.push(place);
    claims.set(note, known);
  }
  return {
    claims: [...claims]
      .map(([note, { claim, places }]) => ({ ...claim, places, note }))
      .sort((one, other) => one.size - other.size),
    faults,
  };
}

type Judged =
  | { readonly kind: "believed"; readonly claim: Checkpoint }
  | { readonly kind: "bad-signature" | "unknown-key" | "checkpoint-differs"; readonly says: string };

function judge(note: string, keys: readonly VerifierKey[] | undefined, tools: NoteTools): Judged {
  const verdict = checkNote(note, keys ?? [], tools);
  if (verdict.kind === "not-a-note") return { kind: "checkpoint-differs", says: "is no signed note" };
  const claim = readCheckpoint(verdict.text);
  if (verdict.kind === "bad-signature") {
    return { kind: "bad-signature", says: `is not as ${verdict.by} signed it` };
  }
  if (verdict.kind === "unknown-key" && keys !== undefined) {
    return { kind: "unknown-key", says: `is signed by ${verdict.by}, which is not trusted` };
  }
  if (claim === undefined) return { kind: "checkpoint-differs", says: "does not say what a checkpoint says" };
  return { kind: "believed", claim };
}
