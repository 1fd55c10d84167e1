import { isObject } from "./is-object.ts";
import type { TreeTools } from "./merkle.ts";
import { consumedApprovals, readStory } from "./read-story.ts";
import { readRecordProof, verifyRecords, type ProofVerdict, type RecordProof } from "./record-proof.ts";
import type { NoteTools, VerifierKey } from "./signed-note.ts";
import type { LedgerFault } from "./types.ts";

/** The records of one deployment and the approvals that it used, provable without the others. */
export interface DeploymentProof extends RecordProof {
  readonly schema: 1;
  readonly deployment: string;
}

/** Verifies a proof by itself. `keys` undefined: believes any signature. */
export function verifyProof(
  proof: DeploymentProof,
  keys: readonly VerifierKey[] | undefined,
  tools: TreeTools & NoteTools,
): ProofVerdict {
  return verifyRecords(proof, keys, tools, () => {
    const { deployment } = proof;
    const isThere = proof.records.some(({ record }) => readStory(record)?.deploymentId === deployment);
    const missing = {
      seq: 0,
      kind: "deleted",
      says: `no record of the deployment ${deployment} is there`,
    } as const;
    return [...(isThere ? [] : [missing]), ...foreignRecords(proof, new Set([deployment]))];
  });
}

/** Records that are neither of these deployments nor an approval that one of them used. */
export function foreignRecords(
  { records }: RecordProof,
  deployments: ReadonlySet<string>,
): readonly LedgerFault[] {
  const stories = records.map(({ record }) => readStory(record));
  const used = new Set(
    stories.flatMap((story) =>
      story !== undefined && deployments.has(story.deploymentId) ? consumedApprovals(story) : [],
    ),
  );
  return records.flatMap(({ seq }, index): LedgerFault[] => {
    const story = stories[index];
    const isOwn = story !== undefined && deployments.has(story.deploymentId);
    const isUsed = story?.signatures.some(({ approvalId }) => used.has(approvalId)) === true;
    return isOwn || isUsed ? [] : [{ seq, kind: "inserted", says: "it is of another deployment" }];
  });
}

/** A proof out of a file's JSON; `undefined` when it is none. */
export function readProof(value: unknown): DeploymentProof | undefined {
  if (!isObject(value) || value["schema"] !== 1) return undefined;
  const { deployment } = value;
  const proof = readRecordProof(value);
  if (typeof deployment !== "string" || proof === undefined) return undefined;
  return { schema: 1, deployment, ...proof };
}
