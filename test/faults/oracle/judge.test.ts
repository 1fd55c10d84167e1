import { describe, expect, test } from "vitest";
import type { CellFacts } from "./facts.ts";
import { INVARIANTS, judge } from "./judge.ts";
import { acked, aChange, aLedger, aRun, NEW, OLD, someFacts } from "./some-facts.ts";

const good = someFacts();
const { runs, ledger, platform, database } = good;
const recovered = runs.recovery ?? aRun();
const [killed = aRun()] = runs.faulted;

test("a cell that went as it should breaks no rule", () => {
  expect(judge(good)).toEqual([]);
});

test("there are twelve rules, in their order", () => {
  expect(INVARIANTS.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, index) => `I${index + 1}`));
});

const CASES: readonly [string, Partial<CellFacts>, string][] = [
  [
    "the killed run's fence comes back after a newer one",
    { ledger: aLedger([{ fence: 3 }, { fence: 2, phase: "outcome", outcome: "done" }]) },
    "I1: record 2 carries fence 2 after one with fence 3",
  ],
  [
    "two runs write under one fence",
    { runs: { ...runs, recovery: { ...recovered, trace: [acked(1300, 2)] } } },
    "I1: fence 2 was used by process 1 and by 2",
  ],
  [
    "the old holder changes something after the take-over",
    { runs: { ...runs, faulted: [{ ...killed, calls: [aChange(1350)] }] } },
    "I1: process 1 called UpdateService after 2 had taken over",
  ],
  [
    "a request fails",
    { probe: { sent: 100, failed: 1, failures: ["HTTP 503"] } },
    "I2: 1 of 100 requests failed: HTTP 503",
  ],
  ["nobody asked", { probe: { sent: 0, failed: 0, failures: [] } }, "I2: the prober sent nothing"],
  [
    "both versions run",
    { platform: { ...platform, desired: 2, taskImages: [NEW.image, OLD.image] } },
    "I3: it is mixed",
  ],
  [
    "it ended at the old release",
    { platform: { ...platform, image: OLD.image, taskImages: [OLD.image] } },
    "I3: it ended at old, not at new",
  ],
  [
    "the deployment is left open",
    { ledger: { ...ledger, deployments: [{ id: "d-1", outcome: undefined }] } },
    "I3: deployment d-1 is left open",
  ],
  [
    "the second recovery changes something",
    { runs: { ...runs, again: aRun({ pid: 3, calls: [aChange(1150)] }) } },
    "I4: the second recovery called UpdateService",
  ],
  [
    "the second recovery writes records",
    { ledger: { ...ledger, seqBeforeAgain: 4 } },
    "I4: the second recovery appended 2 records",
  ],
  [
    "a record is edited",
    { ledger: { ...ledger, rows: ledger.rows.map((row) => (row.seq === 3 ? { ...row, text: "{}" } : row)) } },
    "I5: record 3 does not follow from the one before",
  ],
  [
    "a record is cut off at the end",
    { ledger: { ...ledger, rows: ledger.rows.slice(0, -1) } },
    "I5: the head is not the last record",
  ],
  [
    "an acknowledged record is lost",
    { runs: { ...runs, recovery: { ...recovered, trace: [acked(1300, 9)] } } },
    "I5: record 9 was acknowledged and is gone",
  ],
  [
    "a change has no intent",
    { runs: { ...runs, faulted: [{ ...killed, calls: [aChange(900)] }] } },
    "I5: UpdateService of process 1 has no intent before it",
  ],
  [
    "an intent has no outcome",
    { ledger: aLedger([{ type: "deployment", step: undefined }, { step: "shift" }]) },
    "I5: the intent in record 2 (shift) has no outcome",
  ],
  [
    "success without a smoke test",
    { ledger: aLedger([{ step: "shift" }, { step: "shift", phase: "outcome", outcome: "done" }]) },
    "I6: process 2 reported deployed without a smoke test that passed",
  ],
  [
    "success without an anchor",
    {
      ledger: aLedger([
        { step: "smoke" },
        { step: "smoke", phase: "outcome", outcome: "done" },
        { step: "anchor" },
        { step: "anchor", phase: "outcome", outcome: "failed" },
      ]),
    },
    "I6: process 2 reported deployed without an anchor",
  ],
  [
    "a rollback reported as success",
    { runs: { ...runs, recovery: { ...recovered, stdout: JSON.stringify({ outcome: "rolled-back" }) } } },
    "I6: process 2 reported rolled-back with exit code 0",
  ],
  [
    "success of a release that was never committed",
    { ledger: { ...ledger, commits: [OLD.id] } },
    `I6: process 2 reported deployed, and ${NEW.id} was never committed`,
  ],
  [
    "another digest runs than was let in",
    { platform: { ...platform, image: "registry/diary/api@sha256:3333" } },
    `I7: ${NEW.id} was committed last, and registry/diary/api@sha256:3333 runs`,
  ],
  ["the schema is neither", { database: { ...database, schema: "c" } }, "I8: the schema is neither"],
  [
    "the new release runs without its migrations",
    { database: { ...database, schema: "a" } },
    "I8: the new release runs and not all of its migrations have",
  ],
  ["untouched rows change", { database: { ...database, untouched: "y" } }, "I8: rows of an untouched table"],
  [
    "the recovery is kept out",
    { runs: { ...runs, recovery: { ...recovered, exitCode: 30 } } },
    "I9: the recovery was kept out by a dead holder's lease",
  ],
  [
    "the recovery takes too long",
    { runs: { ...runs, recovery: { ...recovered, endedAt: 62_000 } } },
    "I9: the recovery took 61000 ms",
  ],
  [
    "the lease is held for ever",
    { ledger: { ...ledger, heldBy: "nobody" } },
    "I9: the lease is still held by nobody",
  ],
  ["a secret is shown", { secretsFound: ["planted value 1 is in the ledger (raw)"] }, "I10: planted value 1"],
  [
    "a run does not end",
    { runs: { ...runs, recovery: { ...recovered, overran: true } } },
    "I11: process 2 (deploy) did not end",
  ],
  ["something is left behind", { leftBehind: ["left behind: process 7"] }, "I11: left behind: process 7"],
  [
    "a blind run changes something",
    { blindSince: 1100 },
    "I12: process 1 called UpdateService although it could not know",
  ],
];

describe("each rule can be broken", () => {
  test.each(CASES)("%s", (_, changes, says) => {
    const broken = judge(someFacts(changes));

    expect(broken.filter((one) => one.startsWith(says))).toHaveLength(1);
  });

  test("and each one is", () => {
    const ids = new Set(CASES.map(([, , says]) => says.split(":")[0]));
    expect(INVARIANTS.map(({ id }) => id).filter((id) => !ids.has(id))).toEqual([]);
  });
});
