import { readCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { isObject } from "./is-object.ts";
import type { TreeTools } from "./merkle.ts";
import { checkNote, type NoteTools, type VerifierKey } from "./signed-note.ts";
import { rootOfInclusion } from "./tree-proof.ts";
import type { LedgerFault } from "./types.ts";

/** A record and its way to the root of the checkpoint. */
export interface ProvenRecord {
  readonly seq: number;
  readonly record: string;
  /** Hashes from the record's neighbour upwards, hex. */
  readonly path: readonly string[];
}

/** Some records of the ledger, provable without the others. */
export interface RecordProof {
  /** The signed note. */
  readonly checkpoint: string;
  /** In the order of seq. */
  readonly records: readonly ProvenRecord[];
  /** Those that belong here and are newer than the checkpoint. */
  readonly uncovered: readonly number[];
}

export type ProofVerdict =
  | {
      readonly kind: "proven";
      readonly records: number;
      readonly checkpoint: Checkpoint;
      readonly by: string;
    }
  | { readonly kind: "not-proven"; readonly faults: readonly LedgerFault[] };

/**
 * Whether each record is one that the signed checkpoint covers. `keys` undefined: believes any signature.
 *
 * @param strangerFaults what is wrong with the choice of records, asked when each of them is genuine
 */
export function verifyRecords(
  proof: RecordProof,
  keys: readonly VerifierKey[] | undefined,
  tools: TreeTools & NoteTools,
  strangerFaults: () => readonly LedgerFault[],
): ProofVerdict {
  const note = checkNote(proof.checkpoint, keys ?? [], tools);
  const checkpoint = note.kind === "not-a-note" ? undefined : readCheckpoint(note.text);
  if (note.kind === "not-a-note" || checkpoint === undefined) {
    return failed([{ seq: 0, kind: "checkpoint-differs", says: "the checkpoint is no signed checkpoint" }]);
  }
  const seq = checkpoint.size;
  if (note.kind === "bad-signature") {
    return failed([{ seq, kind: "bad-signature", says: `the checkpoint is not as ${note.by} signed it` }]);
  }
  if (note.kind === "unknown-key" && keys !== undefined) {
    const says = `the checkpoint is signed by ${note.by}, which is not trusted`;
    return failed([{ seq, kind: "unknown-key", says }]);
  }

  const faults = proof.records.flatMap((one) => recordFault(one, checkpoint, tools) ?? []);
  const strangers = faults.length > 0 ? [] : [...strangerFaults(), ...orderFaults(proof)];
  if (faults.length > 0 || strangers.length > 0) return failed([...faults, ...strangers]);
  return { kind: "proven", records: proof.records.length, checkpoint, by: note.by };
}

function recordFault(
  { seq, record, path }: ProvenRecord,
  { size, root, log }: Checkpoint,
  tools: TreeTools,
): LedgerFault | undefined {
  const leaf = tools.leafHash(record);
  if (rootOfInclusion(leaf, seq - 1, size, path, tools) !== root) {
    return { seq, kind: "edited", says: "it is not the record that the checkpoint covers" };
  }
  // The tree covers the text, and the text names its place: both have to agree.
  const ofLog = /"log":"([0-9a-f-]{36})","seq":(\d+)\}$/.exec(record);
  if (ofLog?.[1] === log && Number(ofLog[2]) === seq) return undefined;
  return { seq, kind: "edited", says: "it names another place or another ledger" };
}

function orderFaults({ records }: RecordProof): LedgerFault[] {
  return records.flatMap(({ seq }, index): LedgerFault[] => {
    const before = records[index - 1]?.seq ?? 0;
    return seq > before
      ? []
      : [{ seq, kind: "duplicated", says: "it is there more than once or out of order" }];
  });
}

function failed(faults: readonly LedgerFault[]): ProofVerdict {
  return { kind: "not-proven", faults };
}

/** A proof out of a file's JSON; `undefined` when it is none. */
export function readRecordProof(value: Readonly<Record<string, unknown>>): RecordProof | undefined {
  const { checkpoint, records, uncovered } = value;
  if (typeof checkpoint !== "string" || !Array.isArray(records)) return undefined;
  if (!Array.isArray(uncovered) || !uncovered.every((seq) => typeof seq === "number")) return undefined;
  const read = records.map(readProven);
  return read.includes(undefined)
    ? undefined
    : { checkpoint, records: read.filter((one) => one !== undefined), uncovered };
}

function readProven(value: unknown): ProvenRecord | undefined {
  if (!isObject(value)) return undefined;
  const { seq, record, path } = value;
  if (typeof seq !== "number" || typeof record !== "string" || !Array.isArray(path)) return undefined;
  const isPath = (one: unknown): one is string => typeof one === "string" && /^[0-9a-f]{64}$/.test(one);
  return Number.isSafeInteger(seq) && path.length <= 64 && path.every(isPath)
    ? { seq, record, path }
    : undefined;
}
