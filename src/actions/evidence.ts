import type { DeploymentProof } from "../core/ledger/deployment-proof.ts";
import { evidenceFiles } from "../core/ledger/evidence.ts";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import { auditProve } from "./audit-prove.ts";
import { sealEvidence, type EvidencePorts } from "./seal-evidence.ts";

export interface EvidenceWish {
  readonly deployment: string;
  /** File that is written. */
  readonly out: string;
  readonly keys?: readonly VerifierKey[];
  readonly keyTexts: readonly string[];
}

/** Writes the signed archive of a deployment. Throws `FILE_…`, `PROOF_…`, `SIGNING_KEY_…`. */
export async function evidence(
  { deployment, out, keys, keyTexts }: EvidenceWish,
  ports: EvidencePorts,
): Promise<DeploymentProof> {
  const proof = await auditProve(keys === undefined ? { deployment } : { deployment, keys }, ports);

  const texts = evidenceFiles(proof, keyTexts, ports.ledgerTools.canonicalize);
  const encoder = new TextEncoder();
  const files = new Map([...texts].map(([name, text]) => [name, encoder.encode(text)]));

  await sealEvidence({ deployment }, files, out, ports);
  return proof;
}
