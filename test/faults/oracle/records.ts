import { createHash } from "node:crypto";
import type { StoredRow } from "../lab/read-ledger.ts";
import { acknowledged, mutations } from "../lab/run.ts";
import type { CellFacts, Invariant } from "./facts.ts";

const ZERO = Buffer.from([0]);
/** The call is noted when it arrives, the record by another clock of the same machine. */
const TOLERANCE_MS = 2;

/** I5: every change has its intent before and its outcome after; nothing that was acknowledged is lost. */
export const auditComplete: Invariant = {
  id: "I5",
  says: "every change is recorded before and after; the chain is whole; no acknowledged record is lost",
  check: (facts) => [
    ...chainFaults(facts),
    ...lostRecords(facts),
    ...changesWithoutIntent(facts),
    ...openIntents(facts),
  ],
};

function chainFaults({ ledger: { rows, headSeq, headHash } }: CellFacts): string[] {
  let before = "0".repeat(64);
  const faults: string[] = [];
  rows.forEach(({ seq, text, prevHash, entryHash }, index) => {
    if (seq !== index + 1) faults.push(`record ${index + 1} is missing: ${seq} comes there`);
    const hash = createHash("sha256").update(ZERO).update(before, "hex").update(text, "utf8").digest("hex");
    if (prevHash !== before || entryHash !== hash)
      faults.push(`record ${seq} does not follow from the one before`);
    before = entryHash;
  });
  if (headSeq !== rows.length || (rows.length > 0 && headHash !== before))
    faults.push("the head is not the last record");
  return faults;
}

function lostRecords({ runs, ledger }: CellFacts): string[] {
  const there = new Set(ledger.rows.map(({ seq }) => seq));
  return runsOf(runs)
    .flatMap(acknowledged)
    .filter((seq) => !there.has(seq))
    .map((seq) => `record ${seq} was acknowledged and is gone`);
}

function changesWithoutIntent({ runs, ledger }: CellFacts): string[] {
  return runsOf(runs).flatMap((run) =>
    mutations(run).flatMap(({ at, operation }) =>
      isOpenAt(ledger.rows, at) ? [] : [`${operation} of process ${run.pid} has no intent before it`],
    ),
  );
}

function isOpenAt(rows: readonly StoredRow[], at: number): boolean {
  const last = rows.findLast((row) => row.entry.type === "step" && row.at <= at + TOLERANCE_MS);
  return (
    last?.entry.phase === "intent" ||
    rows.some((row) => row.entry.phase === "outcome" && Math.abs(row.at - at) < TOLERANCE_MS)
  );
}

// A step that was cut off is answered by a later attempt of its deployment, or by the deployment's own end.
function openIntents({ ledger: { rows } }: CellFacts): string[] {
  return rows.flatMap(({ seq, entry }) => {
    if (entry.phase !== "intent" || entry.type === "act") return [];
    const isAnswered = rows.some(
      (later) =>
        later.seq > seq &&
        later.entry.deploymentId === entry.deploymentId &&
        ((later.entry.phase === "outcome" && later.entry.step === entry.step) ||
          later.entry.attempt > entry.attempt ||
          (later.entry.type === "deployment" && later.entry.phase === "outcome")),
    );
    return isAnswered ? [] : [`the intent in record ${seq} (${entry.step ?? entry.type}) has no outcome`];
  });
}

function runsOf({ setUp, faulted, recovery, again }: CellFacts["runs"]) {
  return [...setUp, ...faulted, recovery, again].filter((run) => run !== undefined);
}
