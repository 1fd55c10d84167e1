import { createHash } from "node:crypto";
import type { JournalEntry } from "../../../src/ports/journal.ts";
import type { StoredRow } from "../lab/read-ledger.ts";
import type { Run } from "../lab/run.ts";
import type { SeenCall } from "../proxies/aws-fault-proxy.ts";
import type { CellFacts } from "./facts.ts";

export const NEW = { id: "sha-2222222-20260131-120002", image: "registry/diary/api@sha256:2222" };
export const OLD = { id: "sha-1111111-20260131-120001", image: "registry/diary/api@sha256:1111" };

/** A run that did nothing, changed in one place. */
export function aRun(changes: Partial<Run> = {}): Run {
  return {
    argv: ["deploy"],
    pid: 100,
    startedAt: 1000,
    endedAt: 2000,
    exitCode: 0,
    signal: null,
    stdout: "",
    stderr: "",
    calls: [],
    trace: [],
    overran: false,
    ...changes,
  };
}

export function aChange(at: number, operation = "UpdateService"): SeenCall {
  return { n: 1, service: "ecs", operation, isRead: false, at, fault: undefined, passed: true };
}

/** What was said, in the order of the ledger, each record at its own millisecond from 1000 on. */
export function someRows(entries: readonly Partial<JournalEntry>[]): StoredRow[] {
  let prevHash = "0".repeat(64);
  return entries.map((entry, index) => {
    const text = JSON.stringify({ index, entry });
    const bytes = Buffer.concat([Buffer.from([0]), Buffer.from(prevHash, "hex"), Buffer.from(text)]);
    const entryHash = createHash("sha256").update(bytes).digest("hex");
    const row: StoredRow = {
      seq: index + 1,
      text,
      prevHash,
      entryHash,
      at: 1000 + index * 100,
      entry: { ...AN_ENTRY, ...entry },
    };
    prevHash = entryHash;
    return row;
  });
}

const AN_ENTRY: JournalEntry = {
  type: "step",
  app: "diary",
  env: "local",
  deploymentId: "d-1",
  step: "shift",
  attempt: 1,
  phase: "intent",
  outcome: undefined,
  fence: 2,
  actor: "person-a",
  data: {},
};

const ROWS: readonly Partial<JournalEntry>[] = [
  { type: "deployment", step: undefined },
  { step: "shift" },
  { step: "shift", phase: "outcome", outcome: "done" },
  { step: "smoke" },
  { step: "smoke", phase: "outcome", outcome: "done" },
  { type: "deployment", step: undefined, phase: "outcome", outcome: "deployed" },
];

/** A cell in which everything went as it should: killed after the shift, resumed to the new release. */
export function someFacts(changes: Partial<CellFacts> = {}): CellFacts {
  const report = { outcome: "deployed", running: NEW.id, deploymentId: "d-1" };
  return {
    runs: {
      setUp: [],
      faulted: [
        aRun({ pid: 1, exitCode: null, signal: "SIGKILL", calls: [aChange(1150)], trace: [acked(1000, 1)] }),
      ],
      recovery: aRun({ pid: 2, stdout: JSON.stringify(report), trace: [acked(1300, 4)] }),
      again: aRun({ pid: 3, stdout: JSON.stringify({ ...report, outcome: "nothing-to-do" }) }),
    },
    target: NEW,
    before: OLD,
    mayEnd: ["new"],
    blindSince: undefined,
    platform: { revision: "api:2", image: NEW.image, desired: 1, taskImages: [NEW.image], underWay: 0 },
    ledger: aLedger(ROWS.map((row, index) => (index < 3 ? row : { ...row, fence: 3 }))),
    database: { schema: "b", onTheWay: ["a", "b"], untouched: "x", untouchedBefore: "x" },
    probe: { sent: 100, failed: 0, failures: [] },
    secretsFound: [],
    leftBehind: [],
    ...changes,
  };
}

export function acked(at: number, seq: number) {
  return { at, when: "after" as const, call: "record", seq };
}

/** A ledger of these records, its head where it belongs. */
export function aLedger(entries: readonly Partial<JournalEntry>[]): CellFacts["ledger"] {
  const rows = someRows(entries);
  return {
    rows,
    headSeq: rows.length,
    headHash: rows.at(-1)?.entryHash ?? "",
    seqBeforeAgain: rows.length,
    heldBy: undefined,
    deployments: [{ id: "d-1", outcome: "deployed" }],
    commits: [OLD.id, NEW.id],
  };
}
