import { acknowledged, mutations, type Run } from "../lab/run.ts";
import type { CellFacts, Invariant } from "./facts.ts";

/** I1: at any instant at most one run may change the environment, and who lost the lease changes nothing more. */
export const oneWriter: Invariant = {
  id: "I1",
  says: "one writer at a time; a stale fence changes nothing",
  check: (facts) => [...fencesThatFall(facts), ...fencesShared(facts), ...changesAfterTakeOver(facts)],
};

function fencesThatFall({ ledger }: CellFacts): string[] {
  let highest = 0;
  return ledger.rows.flatMap(({ seq, entry: { fence } }) => {
    if (fence === null || fence >= highest) {
      highest = fence ?? highest;
      return [];
    }
    return [`record ${seq} carries fence ${fence} after one with fence ${highest}`];
  });
}

function fencesShared({ runs, ledger }: CellFacts): string[] {
  const owners = new Map<number, Run>();
  const fenceOf = new Map(ledger.rows.map(({ seq, entry }) => [seq, entry.fence]));
  return all(runs).flatMap((run) =>
    acknowledged(run).flatMap((seq) => {
      const fence = fenceOf.get(seq);
      if (fence === undefined || fence === null) return [];
      const owner = owners.get(fence) ?? run;
      owners.set(fence, owner);
      return owner === run ? [] : [`fence ${fence} was used by process ${owner.pid} and by ${run.pid}`];
    }),
  );
}

function changesAfterTakeOver({ runs }: CellFacts): string[] {
  const list = all(runs);
  return list.flatMap((earlier, index) =>
    list.slice(index + 1).flatMap((later) => {
      const since = heldSince(later);
      if (since === undefined) return [];
      return mutations(earlier)
        .filter(({ at }) => at > since)
        .map(
          ({ operation }) => `process ${earlier.pid} called ${operation} after ${later.pid} had taken over`,
        );
    }),
  );
}

/** When the run had its lease for certain: at its first record. */
function heldSince(run: Run): number | undefined {
  return run.trace.find(({ seq }) => seq !== undefined)?.at;
}

function all({ setUp, faulted, recovery, again }: CellFacts["runs"]): Run[] {
  return [...setUp, ...faulted, recovery, again].filter((run) => run !== undefined);
}
