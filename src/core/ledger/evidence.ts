import type { NoteTools } from "./signed-note.ts";
import { checkpointOfNote } from "./checkpoint.ts";
import { toHex } from "./bytes.ts";
import type { DeploymentProof } from "./deployment-proof.ts";
import type { MigrationSubject } from "./migration-runs.ts";
import { readStory, type Story } from "./read-story.ts";
import { pageEnd, pageRow, pageStart } from "./record-page.ts";

// The evidence of a deployment is an archive: some files, a manifest with the hash of each, and a signed note with the hash
// of the manifest. The same records, checkpoint and key make the same bytes.

export const MANIFEST = "manifest.json";
export const SIGNATURE = "manifest.note";
const HEADING = "slipway-evidence\n";

/** The files without manifest and signature: name → text. */
export function evidenceFiles(
  proof: DeploymentProof,
  keys: readonly string[],
  canonicalize: (value: unknown) => string,
): ReadonlyMap<string, string> {
  const stories = proof.records.map(({ record }) => readStory(record)).filter((story) => story !== undefined);
  const approvals = stories.flatMap(({ signatures }) => signatures);
  const json = (value: unknown): string => `${canonicalize(value)}\n`;
  const checkpoint = checkpointOfNote(proof.checkpoint);
  const facts = {
    deployment: proof.deployment,
    ledger: checkpoint?.log ?? "",
    checkpoint: `${checkpoint?.size ?? 0} records, root ${checkpoint?.root ?? ""}`,
    signatures: approvals
      .map(({ meaning, printedName, at }) => `${meaning} by ${printedName} at ${at}`)
      .join("; "),
  };
  const rows = proof.records.map(({ seq, record }) => pageRow(seq, record));
  return new Map([
    ["proof.json", json(proof)],
    ["checkpoint.note", proof.checkpoint],
    ["release.json", json(releaseOf(stories, proof.deployment) ?? null)],
    ["approvals.json", json(approvals)],
    ["deployment.html", `${pageStart(`Deployment ${proof.deployment}`, facts)}${rows.join("")}${pageEnd()}`],
    ["keys", keys.map((key) => `${key}\n`).join("")],
    ["README.txt", README],
  ]);
}

/** The manifest that the deployment began with. */
function releaseOf(stories: readonly Story[], deployment: string): unknown {
  return stories
    .filter(({ deploymentId }) => deploymentId === deployment)
    .flatMap(({ changes }) => changes)
    .find((change) => change["kind"] === "begin")?.["release"];
}

/** What an archive is about. */
export type EvidenceSubject = { readonly deployment: string } | { readonly migration: MigrationSubject };

/** Names and hashes of the files, in canonical JSON. */
export function writeManifest(
  subject: EvidenceSubject,
  files: ReadonlyMap<string, Uint8Array>,
  tools: Pick<NoteTools, "sha256"> & { readonly canonicalize: (value: unknown) => string },
): string {
  const hashes = Object.fromEntries([...files].map(([name, bytes]) => [name, toHex(tools.sha256(bytes))]));
  return `${tools.canonicalize({ schema: 1, ...subject, files: hashes })}\n`;
}

/** The text that is signed for a manifest. */
export function manifestText(manifest: Uint8Array, tools: Pick<NoteTools, "sha256">): string {
  return `${HEADING}sha256 ${toHex(tools.sha256(manifest))}\n`;
}

const README = `The evidence of one deployment.

proof.json        its records, and for each the way to the root of the signed checkpoint
checkpoint.note   that checkpoint
release.json      what was deployed
approvals.json    who signed for it, when and with what meaning
deployment.html   the same for people
keys              the public keys that the one who made this trusted
manifest.json     the SHA-256 of each of these files
manifest.note     the signature over the manifest

Verify it with: npx slipway audit verify --evidence=<this archive> --trust=<keys that you got elsewhere>
`;
