import { expect, test } from "vitest";
import { auditTable, type AuditLine } from "../../../src/core/ledger/audit-table.ts";
import { describeVerdict } from "../../../src/core/ledger/describe-verdict.ts";

const line = (changes: Partial<AuditLine> = {}): AuditLine => ({
  seq: 1,
  at: "2026-11-21T00:48:47.722226Z",
  app: "diary",
  environment: "local",
  deploymentId: "d-1",
  step: "migrate",
  phase: "intent",
  outcome: null,
  seconds: null,
  actor: "arn:aws:iam::000000000000:user/slipway",
  attempt: 1,
  fence: 3,
  data: {},
  ...changes,
});

test("shows when, who, step, phase, outcome and seconds, one record a line", () => {
  const lines = [line(), line({ seq: 12, phase: "outcome", outcome: "done", seconds: 0.514, step: null })];
  expect(`\n${auditTable(lines)}\n`).toBe(`
#   when (UTC)           where        deployment  step         phase    outcome  seconds  who
1   2026-11-21 00:48:47  diary/local  d-1         migrate      intent                     arn:aws:iam::000000000000:user/slipway
12  2026-11-21 00:48:47  diary/local  d-1         (all of it)  outcome  done     0.51     arn:aws:iam::000000000000:user/slipway
`);
});

test("lets no record forge a line, move the cursor or turn the text around", () => {
  const table = auditTable([line({ actor: "eve\n2  2026\u001B[2J\u202Edone\u2028" })]);
  expect(table.split("\n")).toHaveLength(2);
  expect(table).toMatch(/eve\?2  2026\?\[2J\?done\?$/);
});

test("says where the damage begins", () => {
  expect(
    describeVerdict({
      kind: "not-intact",
      records: 3,
      faults: [
        { seq: 2, kind: "edited", says: "its hash is not that of its text" },
        { seq: 4, kind: "truncated", says: "it is missing at the end" },
      ],
    }),
  ).toBe(
    [
      "NOT INTACT: 3 records, the damage begins at record 2 (edited)",
      "  record 2: edited: its hash is not that of its text",
      "  record 4: truncated: it is missing at the end",
    ].join("\n"),
  );
});
