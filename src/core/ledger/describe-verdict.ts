import type { LedgerVerdict } from "./types.ts";
import type { AuditWarning } from "./warnings.ts";

const FAULTS_SHOWN = 20;

/** The verdict for people: one line, or one more for each fault and each thing that could not be shown. */
export function describeVerdict(verdict: LedgerVerdict, warnings: readonly AuditWarning[] = []): string {
  const warned = warnings.map(({ says }) => `  note: ${says}`);
  const records = `${verdict.records} record${verdict.records === 1 ? "" : "s"}`;
  if (verdict.kind === "intact") {
    const { seq, entryHash, log } = verdict.head;
    return [`intact: ${records}, head ${seq} ${entryHash}, ledger ${log}`, ...warned].join("\n");
  }

  const { faults } = verdict;
  const shown = faults
    .slice(0, FAULTS_SHOWN)
    .map(({ seq, kind, says }) => `  record ${seq}: ${kind}: ${printable(says)}`);
  const more = faults.length - shown.length;
  return [
    `NOT INTACT: ${records}, the damage begins at record ${faults[0]?.seq ?? 0} (${faults[0]?.kind ?? "unknown"})`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more; --json lists them all`] : []),
    ...warned,
  ].join("\n");
}

// A sentence may quote what a forger chose.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}
