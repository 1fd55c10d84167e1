import { foreignRecords } from "./deployment-proof.ts";
import { isObject } from "./is-object.ts";
import type { TreeTools } from "./merkle.ts";
import { RunFinder, type MigrationSubject } from "./migration-runs.ts";
import { readRecordProof, verifyRecords, type ProofVerdict, type RecordProof } from "./record-proof.ts";
import type { NoteTools, VerifierKey } from "./signed-note.ts";

/** The records of each deployment and run in which a migration ran in an environment, provable without the others. */
export interface MigrationProof extends RecordProof {
  readonly schema: 1;
  readonly migration: MigrationSubject;
}

/** Verifies a proof by itself. `keys` undefined: believes any signature. */
export function verifyMigrationProof(
  proof: MigrationProof,
  keys: readonly VerifierKey[] | undefined,
  tools: TreeTools & NoteTools,
): ProofVerdict {
  return verifyRecords(proof, keys, tools, () => {
    const finder = new RunFinder(proof.migration);
    for (const { record } of proof.records) finder.take(record);
    const { deployments } = finder;
    const { id, env } = proof.migration;
    const missing = { seq: 0, kind: "deleted", says: `no run of ${id} in ${env} is there` } as const;
    return [...(deployments.size > 0 ? [] : [missing]), ...foreignRecords(proof, deployments)];
  });
}

/** A proof out of a file's JSON; `undefined` when it is none. */
export function readMigrationProof(value: unknown): MigrationProof | undefined {
  if (!isObject(value) || value["schema"] !== 1 || !isObject(value["migration"])) return undefined;
  const { app, env, id } = value["migration"];
  const proof = readRecordProof(value);
  if (typeof app !== "string" || typeof env !== "string" || typeof id !== "string" || proof === undefined)
    return undefined;
  return { schema: 1, migration: { app, env, id }, ...proof };
}
