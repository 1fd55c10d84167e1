import type { DeploymentProof } from "../core/ledger/deployment-proof.ts";
import { evidenceFiles, MANIFEST, manifestText, SIGNATURE, writeManifest } from "../core/ledger/evidence.ts";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import type { Archive } from "../ports/archive.ts";
import type { NewFiles } from "../ports/new-files.ts";
import type { Signer } from "../ports/signer.ts";
import { auditProve } from "./audit-prove.ts";
import type { AuditVerifyPorts } from "./audit-verify.ts";

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
  ports: AuditVerifyPorts & { readonly files: NewFiles; readonly archive: Archive; readonly signer: Signer },
): Promise<DeploymentProof> {
  const proof = await auditProve(keys === undefined ? { deployment } : { deployment, keys }, ports);

  const tools = { ...ports.ledgerTools, ...ports.noteTools };
  const texts = evidenceFiles(proof, keyTexts, tools.canonicalize);
  const files = new Map([...texts].map(([name, text]) => [name, bytesOf(text)]));
  const manifest = bytesOf(writeManifest(deployment, files, tools));

  files.set(MANIFEST, manifest);
  files.set(SIGNATURE, bytesOf(await ports.signer.sign(manifestText(manifest, tools))));
  await ports.files.file(out, await ports.archive.pack(files));
  return proof;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
