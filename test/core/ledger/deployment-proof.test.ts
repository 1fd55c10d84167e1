import { describe, expect, test } from "vitest";
import { noteTools } from "../../../src/adapters/local/note-tools.ts";
import { ledgerTools } from "../../../src/adapters/postgres/ledger-hash.ts";
import { readClaims } from "../../../src/core/ledger/claims.ts";
import { ProofCollector } from "../../../src/core/ledger/collect-proof.ts";
import { readProof, verifyProof, type DeploymentProof } from "../../../src/core/ledger/deployment-proof.ts";
import { evidenceFiles } from "../../../src/core/ledger/evidence.ts";
import type { LedgerRow } from "../../../src/core/ledger/types.ts";
import { keyOf, noteOf, resealed } from "../../tampering/kept-ledger.ts";
import { aRow, LOG, NO_HASH } from "./a-chain.ts";

const KEY = keyOf(7);
const tools = { ...ledgerTools, ...noteTools };

const approval = (id: string, printedName: string) => ({
  kind: "approve",
  approval: {
    id,
    role: "qa-lead",
    person: "person-a",
    printedName,
    meaning: "approved",
    reason: "tested",
    identity: { issuer: "local", subject: "local:ab", method: "ed25519" },
  },
});
const release = { app: "diary", id: "sha-1a2b3c4-20261121-000000" };

/** Two deployments, three approvals; `d-1` used the second one. */
function aLedger(): LedgerRow[] {
  const row = (seq: number, deploymentId: string, changes: readonly unknown[] = []): LedgerRow => {
    const entry = { app: "diary", env: "local", deploymentId, data: { of: deploymentId } };
    return { ...aRow(seq, NO_HASH, { entry, changes }), deploymentId };
  };
  return resealed([
    row(1, "act-1", [approval("a-1", "The QA lead")]),
    row(2, "d-2", [{ kind: "begin", release: { id: "another" } }]),
    row(3, "act-2", [approval("a-2", "The <b>other</b>\u202e QA lead")]),
    row(4, "act-3", [approval("a-3", "Nobody")]),
    row(5, "d-1", [{ kind: "begin", purpose: "deploy", release }]),
    row(6, "d-1", [{ kind: "consume", approvals: ["a-2"] }]),
    row(7, "d-2"),
    row(8, "d-1"),
  ]);
}

function collect(deployment: string, size = 7, rows = aLedger()) {
  const note = noteOf(aLedger(), size, LOG, KEY);
  const [claim] = readClaims([{ place: "anchor", ...note }], [KEY.verifier], noteTools).claims;
  if (claim === undefined) throw new Error("no claim");
  const collector = new ProofCollector(new Set([deployment]), claim, ledgerTools);
  for (const row of rows) collector.take(row);
  return collector.finish();
}

function proofOf(deployment: string): DeploymentProof {
  const collected = collect(deployment);
  if (collected.kind !== "collected") throw new Error(collected.kind);
  return { schema: 1, deployment, ...collected.proof };
}

describe("a proof", () => {
  test("holds the deployment's records and the approval that it used, and nothing else", () => {
    const proof = proofOf("d-1");
    expect([proof.records.map(({ seq }) => seq), proof.uncovered]).toEqual([[3, 5, 6], [8]]);
    expect(JSON.stringify(proof)).not.toMatch(/d-2|act-1|act-3|Nobody/);
    expect(verifyProof(proof, [KEY.verifier], tools)).toMatchObject({ kind: "proven", records: 3 });
  });

  test("survives its way through a file", () => {
    const proof = proofOf("d-1");
    expect(readProof(JSON.parse(JSON.stringify(proof)))).toEqual(proof);
    for (const broken of [null, {}, { ...proof, schema: 2 }, { ...proof, records: [{ seq: 1 }] }]) {
      expect(readProof(JSON.parse(JSON.stringify(broken)))).toBeUndefined();
    }
  });

  test("is none for a deployment that is not there, not covered, or not as it was signed", () => {
    expect(collect("d-9")).toEqual({ kind: "unknown" });
    expect(collect("d-1", 4)).toEqual({ kind: "uncovered" });
    const forged = aLedger().map((row) => (row.seq === 2 ? { ...row, record: `${row.record} ` } : row));
    expect(collect("d-1", 7, forged)).toEqual({ kind: "not-as-signed" });
  });

  const first = (proof: DeploymentProof, keys = [KEY.verifier]) => {
    const verdict = verifyProof(proof, keys, tools);
    return verdict.kind === "proven" ? "proven" : [verdict.faults[0]?.seq, verdict.faults[0]?.kind];
  };

  test("shows what was changed in it", () => {
    const proof = proofOf("d-1");
    const [one, two, three] = proof.records;
    if (one === undefined || two === undefined || three === undefined) throw new Error("three records");
    const records = (...changed: DeploymentProof["records"]) => ({ ...proof, records: changed });
    expect(first(records(one, { ...two, record: two.record.replace("d-1", "d-7") }, three))).toEqual([
      5,
      "edited",
    ]);
    expect(first(records(one, { ...two, seq: 4 }, three))).toEqual([4, "edited"]);
    expect(first(records(one, two, two, three))).toEqual([5, "duplicated"]);
    expect(first(records(one, { ...two, path: two.path.slice(1) }, three))).toEqual([5, "edited"]);
    expect(first(records(...proofOf("d-2").records, three))).toEqual([2, "inserted"]);
    expect(first(records(one))).toEqual([0, "deleted"]);
    expect(first(proof, [])).toEqual([7, "unknown-key"]);
    expect(first({ ...proof, checkpoint: proof.checkpoint.replace("\n7\n", "\n8\n") })).toEqual([
      8,
      "bad-signature",
    ]);
    expect(first({ ...proof, checkpoint: "nothing" })).toEqual([0, "checkpoint-differs"]);
  });
});

describe("evidence", () => {
  const files = evidenceFiles(proofOf("d-1"), ["key"], ledgerTools.canonicalize);

  test("names the release, and each signature with printed name, time and meaning", () => {
    expect(JSON.parse(files.get("release.json") ?? "")).toEqual(release);
    expect(JSON.parse(files.get("approvals.json") ?? "")).toMatchObject([
      {
        approvalId: "a-2",
        meaning: "approved",
        role: "qa-lead",
        at: expect.stringMatching(/^2026-.*Z$/) as string,
      },
    ]);
    expect(files.get("deployment.html")).toContain("approved by The ");
  });

  test("shows what a stranger chose as text, not as markup", () => {
    const page = files.get("deployment.html") ?? "";
    expect(page).toContain("The &#60;b&#62;other&#60;/b&#62;\ufffd QA lead");
    expect(page).not.toMatch(/<b>|\u202e/);
  });
});
