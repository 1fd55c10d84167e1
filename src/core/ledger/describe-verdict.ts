import type { LedgerVerdict } from "./types.ts";

const FAULTS_SHOWN = 20;

/** The verdict for people: one line, or one more for each fault. */
export function describeVerdict(verdict: LedgerVerdict): string {
  const records = `${verdict.records} record${verdict.records === 1 ? "" : "s"}`;
  if (verdict.kind === "intact") {
    const { seq, entryHash, log } = verdict.head;
    return `intact: ${records}, head ${seq} ${entryHash}, ledger ${log}`;
  }

  const { faults } = verdict;
  const shown = faults
    .slice(0, FAULTS_SHOWN)
    .map(({ seq, kind, says }) => `  record ${seq}: ${kind}: ${says}`);
  const more = faults.length - shown.length;
  return [
    `NOT INTACT: ${records}, the damage begins at record ${faults[0]?.seq ?? 0} (${faults[0]?.kind ?? "unknown"})`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more; --json lists them all`] : []),
  ].join("\n");
}
