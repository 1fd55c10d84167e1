import type { LedgerTools, LedgerVerdict } from "../core/ledger/types.ts";
import { LedgerVerifier } from "../core/ledger/verify.ts";
import type { AuditTrail, LedgerProtection } from "../ports/audit-trail.ts";

export interface AuditReport {
  readonly verdict: LedgerVerdict;
  readonly protection: LedgerProtection;
}

/** Reads the whole ledger and says whether it contradicts itself anywhere. Changes nothing. */
export async function auditVerify(ports: {
  readonly audit: AuditTrail;
  readonly ledgerTools: LedgerTools;
}): Promise<AuditReport> {
  const verdict = await ports.audit.read(() => new LedgerVerifier(ports.ledgerTools));
  return { verdict, protection: await ports.audit.protection() };
}
