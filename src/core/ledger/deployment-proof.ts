import { checkNote, type NoteTools, type VerifierKey } from "./signed-note.ts";
import { readCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { isObject } from "./is-object.ts";
import type { TreeTools } from "./merkle.ts";
import { consumedApprovals, readStory } from "./read-story.ts";
import { rootOfInclusion } from "./tree-proof.ts";
import type { LedgerFault } from "./types.ts";

/** A record and its way to the root of the checkpoint. */
export interface ProvenRecord {
  readonly seq: number;
  readonly record: string;
  /** Hashes from the record's neighbour upwards, hex. */
  readonly path: readonly string[];
}

/** The records of one deployment, provable without the others. */
export interface DeploymentProof {
  readonly schema: 1;
  readonly deployment: string;
  /** The signed note. */
  readonly checkpoint: string;
  /** The deployment's records and the approvals that it used, in the order of seq. */
  readonly records: readonly ProvenRecord[];
  /** Records of the deployment that are newer than the checkpoint. */
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

/** Verifies a proof by itself. `keys` undefined: believes any signature. */
export function verifyProof(
  proof: DeploymentProof,
  keys: readonly VerifierKey[] | undefined,
  tools: TreeTools & NoteTools,
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
  const strangers = faults.length > 0 ? [] : strangerFaults(proof);
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

/** A proof holds one deployment, whole records of it, each once, and approvals that those records used. */
function strangerFaults({ deployment, records }: DeploymentProof): LedgerFault[] {
  const stories = records.map(({ record }) => readStory(record));
  const used = new Set(
    stories.flatMap((story) => (story?.deploymentId === deployment ? consumedApprovals(story) : [])),
  );
  const faults: LedgerFault[] = [];
  if (!stories.some((story) => story?.deploymentId === deployment)) {
    faults.push({ seq: 0, kind: "deleted", says: `no record of the deployment ${deployment} is there` });
  }
  let last = 0;
  for (const [index, { seq }] of records.entries()) {
    const story = stories[index];
    const isOwn = story?.deploymentId === deployment;
    const isUsed = story?.signatures.some(({ approvalId }) => used.has(approvalId)) === true;
    if (!isOwn && !isUsed) faults.push({ seq, kind: "inserted", says: "it is of another deployment" });
    if (seq <= last)
      faults.push({ seq, kind: "duplicated", says: "it is there more than once or out of order" });
    last = seq;
  }
  return faults;
}

function failed(faults: readonly LedgerFault[]): ProofVerdict {
  return { kind: "not-proven", faults };
}

/** A proof out of a file's JSON; `undefined` when it is none. */
export function readProof(value: unknown): DeploymentProof | undefined {
  if (!isObject(value) || value["schema"] !== 1) return undefined;
  const { deployment, checkpoint, records, uncovered } = value;
  if (typeof deployment !== "string" || typeof checkpoint !== "string" || !Array.isArray(records))
    return undefined;
  if (!Array.isArray(uncovered) || !uncovered.every((seq) => typeof seq === "number")) return undefined;
  const read = records.map(readProven);
  return read.includes(undefined)
    ? undefined
    : { schema: 1, deployment, checkpoint, records: read.filter((one) => one !== undefined), uncovered };
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
