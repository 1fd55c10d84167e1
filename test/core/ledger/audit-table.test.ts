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

test("shows one record a line, under a heading for each deployment that says where and who", () => {
  const lines = [
    line(),
    line({ seq: 12, phase: "outcome", outcome: "done", seconds: 0.514, step: null }),
    line({ seq: 13, deploymentId: "d-2" }),
  ];
  expect(`\n${auditTable(lines)}\n`).toBe(`
  #   when (UTC)           step         phase    outcome  seconds
diary/local  d-1  by arn:aws:iam::000000000000:user/slipway
  1   2026-11-21 00:48:47  migrate      intent
  12  2026-11-21 00:48:47  (all of it)  outcome  done     0.51
diary/local  d-2  by arn:aws:iam::000000000000:user/slipway
  13  2026-11-21 00:48:47  migrate      intent
`);
});

test("lets no record forge a line, move the cursor or turn the text around", () => {
  const table = auditTable([line({ actor: "eve\n2  2026\u001B[2J\u202Edone\u2028", step: "a\nb" })]);
  expect(table.split("\n")).toEqual([
    "  #  when (UTC)           step  phase   outcome  seconds",
    "diary/local  d-1  by eve?2  2026?[2J?done?",
    "  1  2026-11-21 00:48:47  a?b   intent",
  ]);
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
