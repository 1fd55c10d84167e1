import { expect, test } from "vitest";
import { auditShow } from "../../src/actions/audit-show.ts";
import { auditVerify } from "../../src/actions/audit-verify.ts";
import { noteTools } from "../../src/adapters/local/note-tools.ts";
import { ledgerTools } from "../../src/adapters/postgres/ledger-hash.ts";
import type { LedgerRow } from "../../src/core/ledger/types.ts";
import type { AuditTrail } from "../../src/ports/audit-trail.ts";
import type { JournalRecord } from "../../src/ports/journal.ts";
import { aChain, LOG } from "../core/ledger/a-chain.ts";

const record = (seq: number, changes: Partial<JournalRecord>): JournalRecord => ({
  type: "step",
  app: "diary",
  env: "local",
  deploymentId: "d-1",
  step: "migrate",
  attempt: 1,
  phase: "intent",
  outcome: undefined,
  fence: 1,
  actor: "ann",
  data: {},
  seq,
  at: `2026-11-21T00:00:0${seq}.500000Z`,
  ...changes,
});

function trail(records: readonly JournalRecord[], rows: readonly LedgerRow[] = []): AuditTrail {
  const { head } = aChain(3);
  return {
    records: async () => records,
    read: async (begin) => {
      const reader = begin();
      for (const row of rows) reader.take(row);
      return reader.finish(head);
    },
    protection: async () => ({ role: "auditor", mayAlter: false }),
  };
}

test("tells how long each step took, each attempt and each deployment by itself", async () => {
  const records = [
    record(1, { type: "deployment", step: undefined }),
    record(2, {}),
    record(3, { deploymentId: "d-2" }),
    record(5, { phase: "outcome", outcome: "done" }),
    record(6, { attempt: 2, phase: "outcome", outcome: "failed" }),
    record(9, { type: "deployment", step: undefined, phase: "outcome", outcome: "failed" }),
  ];
  const filter = { app: undefined, env: "local", deploymentId: undefined };
  const lines = await auditShow(filter, 10, { audit: trail(records) });
  expect(lines.map(({ seq, step, seconds }) => [seq, step, seconds])).toEqual([
    [1, null, null],
    [2, "migrate", null],
    [3, "migrate", null],
    [5, "migrate", 3],
    [6, "migrate", null],
    [9, null, 8],
  ]);
});

test("verifies what the trail hands over", async () => {
  const { rows } = aChain(3);
  const protection = { role: "auditor", mayAlter: false };
  const history = { log: async () => LOG, stored: async () => [] };
  const ports = { history, anchors: [], ledgerTools, noteTools };
  expect(await auditVerify({}, { ...ports, audit: trail([], rows) })).toMatchObject({
    verdict: { kind: "intact", records: 3 },
    protection,
  });
  expect(await auditVerify({}, { ...ports, audit: trail([], rows.slice(0, 2)) })).toMatchObject({
    verdict: { kind: "not-intact", faults: [{ seq: 3, kind: "truncated" }] },
    protection,
  });
});
