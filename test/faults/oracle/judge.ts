import type { CellFacts, Invariant } from "./facts.ts";
import { oneWriter } from "./one-writer.ts";
import { auditComplete } from "./records.ts";
import { approvedRuns, idempotent, noFalseReport } from "./results.ts";
import { converges, oldServes } from "./serving.ts";
import { bounded, databaseWhole, failsClosed, leaseLives, noSecret } from "./surroundings.ts";

/** The twelve rules, in their order. */
export const INVARIANTS: readonly Invariant[] = [
  oneWriter,
  oldServes,
  converges,
  idempotent,
  auditComplete,
  noFalseReport,
  approvedRuns,
  databaseWhole,
  leaseLives,
  noSecret,
  bounded,
  failsClosed,
];

/** Every rule that a cell broke: `I3: …`. */
export function judge(facts: CellFacts): readonly string[] {
  return INVARIANTS.flatMap(({ id, check }) => check(facts).map((says) => `${id}: ${says}`));
}
