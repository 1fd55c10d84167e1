import { mutations, reportOf, type Run } from "../lab/run.ts";
import type { CellFacts, Invariant } from "./facts.ts";
import { endOf } from "./serving.ts";

/** I4: when there is nothing left to do, nothing is done. */
export const idempotent: Invariant = {
  id: "I4",
  says: "a second recovery changes nothing and appends nothing",
  check: ({ runs: { again }, ledger }) => {
    if (again === undefined) return [];
    const changed = mutations(again).map(({ operation }) => `the second recovery called ${operation}`);
    const grown = ledger.headSeq - (ledger.seqBeforeAgain ?? ledger.headSeq);
    return grown === 0 ? changed : [...changed, `the second recovery appended ${grown} records`];
  },
};

/** I6: what is reported is so, and what is so is reported. */
export const noFalseReport: Invariant = {
  id: "I6",
  says: "success is reported exactly when our release runs, was smoke-tested, committed and anchored",
  check: (facts) => {
    const { faulted, recovery, again } = facts.runs;
    const last = again ?? recovery ?? faulted.at(-1);
    return [
      ...[...faulted, recovery, again].flatMap((run) => (run === undefined ? [] : wrongSuccess(run, facts))),
      ...(last === undefined ? [] : wrongEnd(last, facts)),
    ];
  },
};

function wrongSuccess(run: Run, { ledger }: CellFacts): string[] {
  const report = reportOf(run);
  if (run.exitCode !== 0 || report?.outcome === undefined) return [];
  const at = `process ${run.pid} reported ${report.outcome}`;
  if (report.outcome !== "deployed" && report.outcome !== "nothing-to-do") return [`${at} with exit code 0`];
  if (report.running === null) return [];
  if (!ledger.commits.includes(report.running)) return [`${at}, and ${report.running} was never committed`];
  if (report.outcome !== "deployed") return [];
  const done = new Set(
    ledger.rows
      .filter(({ entry }) => entry.deploymentId === report.deploymentId && entry.outcome === "done")
      .map(({ entry }) => entry.step),
  );
  const isAnchored = !ledger.rows.some(({ entry }) => entry.step === "anchor") || done.has("anchor");
  return [
    ...(done.has("smoke") ? [] : [`${at} without a smoke test that passed`]),
    ...(isAnchored ? [] : [`${at} without an anchor`]),
  ];
}

// The end that the last run tells has to be the end that there is.
function wrongEnd(last: Run, facts: CellFacts): string[] {
  const report = reportOf(last);
  const end = endOf(facts);
  if (last.exitCode !== 0 || report?.running === undefined || report.running === null) return [];
  const said = report.running === facts.target.id ? "new" : "old";
  return said === end
    ? []
    : [`process ${last.pid} says that ${report.running} runs; it is ${end ?? "mixed"}`];
}

/** I7: what runs is what was let in, digest by digest. */
export const approvedRuns: Invariant = {
  id: "I7",
  says: "what runs is the very release that the ledger let in",
  check: ({ ledger, platform, target, before }) => {
    const last = ledger.commits.at(-1);
    if (last === undefined || platform.image === undefined || platform.taskImages.length === 0) return [];
    const image = last === target.id ? target.image : last === before?.id ? before.image : undefined;
    return platform.image === image ? [] : [`${last} was committed last, and ${platform.image} runs`];
  },
};
