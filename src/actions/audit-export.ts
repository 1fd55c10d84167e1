import { checkpointFile, EXPORT, writeHead, writeRow } from "../core/ledger/export-files.ts";
import { exportReadme } from "../core/ledger/export-readme.ts";
import { pageEnd, pageRow, pageStart } from "../core/ledger/record-page.ts";
import type { LedgerHead, LedgerVerdict } from "../core/ledger/types.ts";
import { LedgerVerifier } from "../core/ledger/verify.ts";
import { readClaims } from "../core/ledger/claims.ts";
import type { VerifierKey } from "../core/ledger/signed-note.ts";
import type { LedgerReader } from "../ports/audit-trail.ts";
import type { NewFiles, NewFolder } from "../ports/new-files.ts";
import { findNotes, type AuditVerifyPorts } from "./audit-verify.ts";

export interface ExportWish {
  readonly out: string;
  readonly keys: readonly VerifierKey[] | undefined;
  /** The same keys as text, one each. */
  readonly keyTexts: readonly string[];
}

export interface ExportReport {
  readonly verdict: LedgerVerdict;
  readonly checkpoints: number;
}

/**
 * Writes the whole ledger, its checkpoints and the keys into a new folder, and verifies it on the way: also a ledger that
 * is not intact is written, as it is. Throws `FILE_…`.
 */
export async function auditExport(
  { out, keys, keyTexts }: ExportWish,
  ports: AuditVerifyPorts & { readonly files: NewFiles },
): Promise<ExportReport> {
  const folder = await ports.files.folder(out);
  try {
    const { notes } = await findNotes(ports);

    const claims = readClaims(notes, keys, ports.noteTools);
    const log = await ports.history.log();
    const verdict = await ports.audit.read(() =>
      writing(folder, log ?? "", new LedgerVerifier(ports.ledgerTools, claims)),
    );

    const files = checkpointFiles(notes);
    for (const [name, note] of files) folder.open(name).write(note);
    folder.open(EXPORT.keys).write(keyTexts.map((key) => `${key}\n`).join(""));
    folder.open(EXPORT.readme).write(exportReadme(log ?? "of an unknown id"));
    await folder.finish();
    return { verdict, checkpoints: files.length };
  } finally {
    await folder.abandon();
  }
}

function writing(folder: NewFolder, log: string, verifier: LedgerVerifier): LedgerReader<LedgerVerdict> {
  const records = folder.open(EXPORT.records);
  const page = folder.open(EXPORT.page);
  page.write(pageStart("Deployment ledger", { ledger: log }));
  return {
    take: (row) => {
      records.write(writeRow(row));
      page.write(pageRow(row.seq, row.record));
      verifier.take(row);
    },
    finish: (head: LedgerHead | undefined) => {
      page.write(pageEnd());
      if (head !== undefined) folder.open(EXPORT.head).write(writeHead(head));
      return verifier.finish(head);
    },
  };
}

/** One file for each note that differs; of one size there should be one. */
function checkpointFiles(notes: readonly { readonly size: number; readonly note: string }[]) {
  const bySize = new Map<number, Set<string>>();
  for (const { size, note } of notes) bySize.set(size, (bySize.get(size) ?? new Set()).add(note));
  return [...bySize]
    .sort(([one], [other]) => one - other)
    .flatMap(([size, texts]) =>
      [...texts].map((note, which) => [checkpointFile(size, which), note] as const),
    );
}
