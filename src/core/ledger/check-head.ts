import type { LedgerFault, LedgerHead } from "./types.ts";

/** Where the records end. */
export interface ChainEnd {
  /** Number of the last record, 0 when there is none. */
  readonly end: number;
  /** Its hash, hex; 64 zeros when there is none. */
  readonly entryHash: string;
  /** The ledger that the records name; undefined when there is none. */
  readonly log: string | undefined;
}

/** Compares the end of the records with the head, and with the id of the ledger as it is known from elsewhere. */
export function headFaults(
  { end, entryHash, log }: ChainEnd,
  head: LedgerHead | undefined,
  wanted: string | undefined,
): readonly LedgerFault[] {
  const faults: LedgerFault[] = [];
  if (head === undefined) {
    faults.push({
      seq: end + 1,
      kind: "head-missing",
      says: "the row that says where the ledger ends is gone",
    });
  } else {
    if (end < head.seq) {
      const which = head.seq === end + 1 ? "it is missing" : `records ${end + 1} to ${head.seq} are missing`;
      faults.push({ seq: end + 1, kind: "truncated", says: `${which} at the end` });
    }
    if (end > head.seq) {
      faults.push({ seq: head.seq + 1, kind: "inserted", says: `the ledger ends with record ${head.seq}` });
    }
    if (end === head.seq && entryHash !== head.entryHash) {
      const says = "the last record is not the one that the head names";
      faults.push({ seq: Math.max(end, 1), kind: "head-differs", says });
    }
    if (log !== undefined && log !== head.log) {
      const says = `the records are of the ledger ${log}, the head is of ${head.log}`;
      faults.push({ seq: 1, kind: "head-differs", says });
    }
  }

  const found = log ?? head?.log;
  if (wanted !== undefined && found !== wanted) {
    faults.push({
      seq: 1,
      kind: "other-ledger",
      says: `this is the ledger ${found ?? "of nobody"}, not ${wanted}`,
    });
  }
  return faults;
}
