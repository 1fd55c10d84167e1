import type { EvidenceSubject } from "../core/ledger/evidence.ts";
import { checkpointOfNote } from "../core/ledger/checkpoint.ts";
import type { RecordProof } from "../core/ledger/record-proof.ts";
import type { CheckpointHistory } from "../ports/checkpoints.ts";
import { printErr, printOut } from "./out.ts";

/** Prints what a file that proves records holds. */
export function tellProof(
  { out, json }: { readonly out: string; readonly json?: boolean },
  subject: EvidenceSubject,
  { checkpoint, uncovered, records }: RecordProof,
): void {
  const size = checkpointOfNote(checkpoint)?.size ?? 0;
  if (json === true) {
    const seqs = records.map(({ seq }) => seq);
    const answer = { out, ...subject, records: seqs, uncovered, checkpoint: size, exitCode: 0 };
    printOut(JSON.stringify(answer, null, 2), "json");
    return;
  }
  if (uncovered.length > 0) {
    const which = uncovered.length === 1 ? "1 record is" : `${uncovered.length} records are`;
    printErr(`slipway: ${which} newer than the checkpoint and left out: ${uncovered.join(", ")}`);
  }
  printOut(`${out}: ${records.length} records, proven against the checkpoint of ${size}`, "text");
}

/** The name that an archive is signed in: the log's, as whoever made the newest checkpoint named it. */
export async function evidenceOrigin(history: CheckpointHistory): Promise<string> {
  const remembered = await history.stored();
  return checkpointOfNote(remembered.at(-1)?.note ?? "")?.origin ?? "slipway/evidence";
}
