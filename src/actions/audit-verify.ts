import type { Covered } from "../core/ledger/check-claims.ts";
import { IN_LEDGER, readClaims, type FoundNote } from "../core/ledger/claims.ts";
import type { NoteTools, VerifierKey } from "../core/ledger/signed-note.ts";
import type { LedgerTools, LedgerVerdict } from "../core/ledger/types.ts";
import { auditWarnings, type AuditWarning } from "../core/ledger/warnings.ts";
import { LedgerVerifier } from "../core/ledger/verify.ts";
import type { Anchor } from "../ports/anchor.ts";
import type { AuditTrail, LedgerProtection, LedgerReader } from "../ports/audit-trail.ts";
import type { CheckpointHistory } from "../ports/checkpoints.ts";

export interface AuditReport {
  readonly verdict: LedgerVerdict;
  readonly covered: Covered;
  readonly warnings: readonly AuditWarning[];
  /** Undefined for an export, which nothing protects. */
  readonly protection: LedgerProtection | undefined;
}

export interface AuditVerifyPorts {
  readonly audit: Pick<AuditTrail, "read"> & Partial<Pick<AuditTrail, "protection">>;
  readonly history: CheckpointHistory;
  readonly anchors: readonly Pick<Anchor, "place" | "kept">[];
  readonly ledgerTools: LedgerTools;
  readonly noteTools: NoteTools;
}

/**
 * Reads the whole ledger and says whether it contradicts itself or a checkpoint anywhere. Changes nothing.
 *
 * @param keys that are trusted; undefined: signatures are not checked
 * @param log id of the ledger as it is known from elsewhere
 */
export async function auditVerify(
  { keys, log }: { readonly keys?: readonly VerifierKey[]; readonly log?: string },
  ports: AuditVerifyPorts,
): Promise<AuditReport> {
  // Before the records: a checkpoint that is made meanwhile must not look like one of records that are gone.
  const found = await findNotes(ports, log);

  const claims = readClaims(found.notes, keys, ports.noteTools);
  const read = await ports.audit.read(() => reading(new LedgerVerifier(ports.ledgerTools, claims, log)));

  const warnings = auditWarnings({
    ...read,
    notes: found.notes,
    remembered: found.remembered,
    anchors: ports.anchors.map(({ place }) => place),
    hasKeys: keys !== undefined,
  });
  return { ...read, warnings, protection: await ports.audit.protection?.() };
}

interface Read {
  readonly verdict: LedgerVerdict;
  readonly covered: Covered;
}

function reading(verifier: LedgerVerifier): LedgerReader<Read> {
  return {
    take: (row) => verifier.take(row),
    finish: (head) => {
      const verdict = verifier.finish(head);
      return { verdict, covered: verifier.covered };
    },
  };
}

/** Every checkpoint that the ledger and the anchors have of it; `wanted`: its id as it is known from elsewhere. */
export async function findNotes(
  { history, anchors }: Pick<AuditVerifyPorts, "history" | "anchors">,
  wanted?: string,
) {
  const log = wanted ?? (await history.log());
  const kept = await Promise.all(
    anchors.map(async (anchor) => {
      const notes = log === undefined ? [] : await anchor.kept(log);
      return notes.map(({ size, note }): FoundNote => ({ place: anchor.place, size, note }));
    }),
  );
  const remembered = await history.stored();
  const own = remembered.map(({ size, note }): FoundNote => ({ place: IN_LEDGER, size, note }));
  return { notes: [...own, ...kept.flat()], remembered };
}
