import type { LedgerFault, LedgerFaultKind } from "./types.ts";

/**
 * What is wrong with records that stand where they do not belong. Known only at the end: a record that was made for a place
 * may stand further on.
 *
 * @param moved place → the place that the record itself names
 */
export function movedFaults(moved: ReadonlyMap<number, number>): readonly LedgerFault[] {
  const found = new Set(moved.values());
  return [...moved].map(([seq, made]) => {
    const kind: LedgerFaultKind = found.has(seq) ? "reordered" : made > seq ? "deleted" : "inserted";
    return { seq, kind, says: `the record here was made as record ${made}` };
  });
}
