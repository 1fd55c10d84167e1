import { toHex } from "./bytes.ts";
import type { ProofTools } from "../acts/check-proof.ts";
import { contradiction } from "./check-migration-evidence.ts";
import { readProof, verifyProof } from "./deployment-proof.ts";
import { evidenceFiles, MANIFEST, manifestText, SIGNATURE } from "./evidence.ts";
import { isObject } from "./is-object.ts";
import type { TreeTools } from "./merkle.ts";
import { readMigrationProof, verifyMigrationProof } from "./migration-proof.ts";
import type { ProofVerdict } from "./record-proof.ts";
import { checkNote, type NoteTools, type VerifierKey } from "./signed-note.ts";
import type { LedgerFault } from "./types.ts";

type Tools = TreeTools & NoteTools & ProofTools;

/** Verifies an archive's files by themselves; a `seq` of 0 stands for the archive. */
export function verifyEvidence(
  files: ReadonlyMap<string, Uint8Array>,
  keys: readonly VerifierKey[] | undefined,
  tools: Tools,
): ProofVerdict {
  const manifest = files.get(MANIFEST);
  const signature = files.get(SIGNATURE);
  if (manifest === undefined || signature === undefined)
    return failed("deleted", "it has no signed manifest");
  const note = checkNote(textOf(signature), keys ?? [], tools);
  if (note.kind === "not-a-note" || note.kind === "bad-signature") {
    return failed("bad-signature", "the manifest's signature is not as it was made");
  }
  if (note.kind === "unknown-key" && keys !== undefined) {
    return failed("unknown-key", `the manifest is signed by ${note.by}, which is not trusted`);
  }
  if (note.text !== manifestText(manifest, tools))
    return failed("edited", "the manifest is not the one that was signed");

  const fault = fileFault(files, manifest, tools);
  if (fault !== undefined) return failed(...fault);
  const value = parsed(files.get("proof.json"));
  const ofMigration = readMigrationProof(value);
  if (ofMigration !== undefined) {
    const found = contradiction(files, ofMigration, tools);
    if (found !== undefined) return { kind: "not-proven", faults: [found] };
    return verifyMigrationProof(ofMigration, keys, tools);
  }
  const proof = readProof(value);
  if (proof === undefined) return failed("edited", "proof.json is no proof");
  for (const [name, text] of evidenceFiles(proof, [], tools.canonicalize)) {
    // The page, the words and the keys are for people; they may be those of another version.
    const isData = name.endsWith(".json") || name.endsWith(".note");
    if (isData && textOf(files.get(name)) !== text)
      return failed("edited", `${name} does not say what the records say`);
  }
  return verifyProof(proof, keys, tools);
}

function fileFault(
  files: ReadonlyMap<string, Uint8Array>,
  manifest: Uint8Array,
  tools: NoteTools,
): readonly [LedgerFault["kind"], string] | undefined {
  const value = parsed(manifest);
  const hashes = isObject(value) && isObject(value["files"]) ? value["files"] : {};
  for (const [name, hash] of Object.entries(hashes)) {
    const bytes = files.get(name);
    if (bytes === undefined) return ["deleted", `${name} is missing`];
    if (toHex(tools.sha256(bytes)) !== hash) return ["edited", `${name} is not the file that was signed`];
  }
  const stranger = [...files.keys()].find(
    (name) => ![MANIFEST, SIGNATURE].includes(name) && !Object.hasOwn(hashes, name),
  );
  return stranger === undefined ? undefined : ["inserted", `${JSON.stringify(stranger)} was put in`];
}

function failed(kind: LedgerFault["kind"], says: string): ProofVerdict {
  return { kind: "not-proven", faults: [{ seq: 0, kind, says }] };
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes ?? new Uint8Array());
}

function parsed(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}
