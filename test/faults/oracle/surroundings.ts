import { mutations } from "../lab/run.ts";
import type { CellFacts, Invariant } from "./facts.ts";
import { endOf } from "./serving.ts";

const RECOVERY_LIMIT_MS = 60_000;
const LEASE_HELD = 30;

/**
 * I8: the schema is the one that the release which runs was made for, or newer by whole migrations: code goes back, the
 * schema stays. What nobody touches stays as it is.
 */
export const databaseWhole: Invariant = {
  id: "I8",
  says: "the schema stands before or after a whole migration, after all of them when the new release runs; other rows stay",
  check: (facts) => {
    const { schema, onTheWay, untouched, untouchedBefore } = facts.database;
    const isDone = schema === onTheWay.at(-1);
    return [
      ...(onTheWay.includes(schema) ? [] : ["the schema is neither the one before nor the one after"]),
      ...(endOf(facts) === "new" && !isDone
        ? ["the new release runs and not all of its migrations have"]
        : []),
      ...(untouched === untouchedBefore ? [] : ["rows of an untouched table have changed"]),
    ];
  },
};

/** I9: a dead holder keeps nobody out. */
export const leaseLives: Invariant = {
  id: "I9",
  says: "what a dead holder left is taken over without a person within 60 s",
  check: ({ runs: { recovery }, ledger }) => [
    ...(recovery?.exitCode === LEASE_HELD ? ["the recovery was kept out by a dead holder's lease"] : []),
    ...(recovery !== undefined && recovery.endedAt - recovery.startedAt > RECOVERY_LIMIT_MS
      ? [`the recovery took ${recovery.endedAt - recovery.startedAt} ms`]
      : []),
    ...(ledger.heldBy === undefined ? [] : [`the lease is still held by ${ledger.heldBy}`]),
  ],
};

/** I10: no planted value is found anywhere. */
export const noSecret: Invariant = {
  id: "I10",
  says: "no secret in any output, record, file or argument",
  check: ({ secretsFound }) => secretsFound,
};

/** I11: every run ends, and leaves nothing. */
export const bounded: Invariant = {
  id: "I11",
  says: "every run ends by itself and leaves no process, session, lock or file",
  check: ({ runs, leftBehind }) => [
    ...runsOf(runs)
      .filter(({ overran }) => overran)
      .map(({ pid, argv }) => `process ${pid} (${argv[0]}) did not end`),
    ...leftBehind,
  ],
};

/** I12: who cannot see changes nothing. */
export const failsClosed: Invariant = {
  id: "I12",
  says: "with the ledger, the clock or the identity unknown nothing is changed",
  check: ({ blindSince, runs }) => {
    if (blindSince === undefined) return [];
    return runs.faulted.flatMap((run) =>
      mutations(run)
        .filter(({ at }) => at > blindSince)
        .map(({ operation }) => `process ${run.pid} called ${operation} although it could not know`),
    );
  },
};

function runsOf({ setUp, faulted, recovery, again }: CellFacts["runs"]) {
  return [...setUp, ...faulted, recovery, again].filter((run) => run !== undefined);
}
