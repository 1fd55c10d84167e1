import {
  MANIFEST,
  manifestText,
  SIGNATURE,
  writeManifest,
  type EvidenceSubject,
} from "../core/ledger/evidence.ts";
import type { Archive } from "../ports/archive.ts";
import type { NewFiles } from "../ports/new-files.ts";
import type { Signer } from "../ports/signer.ts";
import type { AuditVerifyPorts } from "./audit-verify.ts";

export interface EvidencePorts extends AuditVerifyPorts {
  readonly files: NewFiles;
  readonly archive: Archive;
  readonly signer: Signer;
}

/** Writes files as one archive with a signed manifest. Throws `FILE_…`, `SIGNING_KEY_…`. */
export async function sealEvidence(
  subject: EvidenceSubject,
  contents: ReadonlyMap<string, Uint8Array>,
  out: string,
  ports: EvidencePorts,
): Promise<void> {
  const tools = { ...ports.ledgerTools, ...ports.noteTools };
  const encoder = new TextEncoder();
  const manifest = encoder.encode(writeManifest(subject, contents, tools));
  const signature = encoder.encode(await ports.signer.sign(manifestText(manifest, tools)));
  const files = new Map([...contents, [MANIFEST, manifest], [SIGNATURE, signature]]);
  await ports.files.file(out, await ports.archive.pack(files));
}
