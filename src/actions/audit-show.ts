import type { AuditLine } from "../core/ledger/audit-table.ts";
import type { AuditFilter, AuditTrail } from "../ports/audit-trail.ts";
import type { JournalRecord } from "../ports/journal.ts";

/** The newest `limit` records that fit the filter, oldest first, each outcome with the time since its intent. */
export async function auditShow(
  filter: AuditFilter,
  limit: number,
  ports: { readonly audit: AuditTrail },
): Promise<readonly AuditLine[]> {
  const records = await ports.audit.records(filter, limit);

  const begun = new Map<string, number>();
  return records.map((record) => {
    const key = JSON.stringify([record.deploymentId, record.type, record.step, record.attempt]);
    const at = Date.parse(record.at);
    const since = record.phase === "outcome" ? begun.get(key) : undefined;
    if (record.phase === "intent") begun.set(key, at);
    return lineOf(record, since === undefined ? null : (at - since) / 1000);
  });
}

function lineOf(record: JournalRecord, seconds: number | null): AuditLine {
  const { seq, at, app, env, deploymentId, step, phase, outcome, actor, attempt, fence, data } = record;
  return {
    seq,
    at,
    app,
    environment: env,
    deploymentId,
    step: step ?? null,
    phase,
    outcome: outcome ?? null,
    seconds,
    actor,
    attempt,
    fence,
    data,
  };
}
