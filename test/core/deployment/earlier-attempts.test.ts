import { describe, expect, test } from "vitest";
import { appliedContracts } from "../../../src/core/deployment/applied-contracts.ts";
import { contractsUnknownTo } from "../../../src/core/deployment/contract-crossing.ts";
import {
  earlierAttempts,
  NO_ATTEMPTS,
  type AttemptRecord,
} from "../../../src/core/deployment/earlier-attempts.ts";
import type { KnownGood } from "../../../src/core/deployment/types.ts";
import { aRelease } from "../../builders/a-release.ts";

const CONTRACT = { file: "0002_drop.up.sql", sha256: "b".repeat(64), phase: "contract" } as const;
const PENDING = [{ file: "0001_add.up.sql", sha256: "a".repeat(64) }, CONTRACT];

/** `shift intent`, `rollback-smoke done`; `begin` opens the deployment. */
function record(words: string, data: Record<string, unknown> = {}, attempt = 1): AttemptRecord {
  const [step = "", ending = ""] = words.split(" ");
  const isIntent = ending === "intent";
  const begin = step === "begin";
  return {
    type: begin ? "deployment" : "step",
    step: begin ? undefined : step,
    attempt,
    phase: begin || isIntent ? "intent" : "outcome",
    outcome: begin || isIntent ? undefined : ending,
    data,
  };
}

const BEGIN = record("begin", {
  planSha256: "f".repeat(64),
  releaseSha256: "e".repeat(64),
  pending: PENDING,
  brokenGlass: null,
});

describe("what earlier attempts did", () => {
  test("is nothing when there are none", () => {
    expect(earlierAttempts([])).toEqual(NO_ATTEMPTS);
  });

  test("is told by the first record, and by what was meant since", () => {
    const records = [
      BEGIN,
      record("migrate intent", { mutates: true }),
      record("migrate done"),
      record("begin", { planSha256: "0".repeat(64) }, 2),
      record("shift intent", { mutates: true }, 2),
    ];

    expect(earlierAttempts(records)).toEqual({
      attempts: 2,
      planSha256: "f".repeat(64),
      releaseSha256: "e".repeat(64),
      brokenGlass: undefined,
      pending: PENDING,
      mutated: true,
      moved: true,
    });
  });

  test.each([
    ["nothing was shifted", ["migrate intent", "migrate done"], false],
    ["a shift was meant", ["shift intent"], true],
    [
      "it was brought back, not yet proven",
      ["shift intent", "rollback-shift intent", "rollback-shift done"],
      true,
    ],
    [
      "it was brought back and proven",
      ["shift intent", "rollback-smoke intent", "rollback-smoke done"],
      false,
    ],
    ["it was shifted again after that", ["shift intent", "rollback-smoke done", "shift intent"], true],
  ])("%s: moved?", (_what, words, moved) => {
    expect(earlierAttempts([BEGIN, ...words.map((one) => record(one))]).moved).toBe(moved);
  });

  test("a record that somebody has damaged counts for nothing", () => {
    const records = [record("begin", { planSha256: 7, pending: [1, null, { file: "x" }], brokenGlass: {} })];

    expect(earlierAttempts(records)).toEqual({ ...NO_ATTEMPTS, attempts: 1 });
  });
});

describe("contract migrations that may be applied", () => {
  const good = (n: number, migrations = aRelease(n).migrations): KnownGood => ({
    deploymentId: `d${n}`,
    purpose: "deploy",
    release: aRelease(n, { migrations }),
    revisions: {},
    at: "2026-01-31T12:00:00Z",
  });
  const manifest = aRelease(2, { migrations: PENDING });

  test.each<[string, AttemptRecord[], boolean]>([
    ["those of one that never began to migrate do not", [BEGIN], false],
    ["those of one that was killed while it migrated do", [BEGIN, record("migrate intent")], true],
    ["those of one that migrated do", [BEGIN, record("migrate intent"), record("migrate done")], true],
    [
      "those that a failed step undid do not",
      [BEGIN, record("migrate intent"), record("migrate failed", { stayed: ["0001_add.up.sql"] })],
      false,
    ],
    [
      "those that a failed step left do",
      [
        BEGIN,
        record("migrate intent"),
        record("migrate failed", { stayed: PENDING.map(({ file }) => file) }),
      ],
      true,
    ],
    ["those that were applied before it began do", [record("begin", { pending: [] })], true],
    ["those of one that could not be compared with the database do not", [record("begin", {})], false],
  ])("of a deployment that was never committed: %s", (_what, records, counts) => {
    expect(appliedContracts([good(1)], [{ manifest, records }])).toEqual(counts ? [CONTRACT] : []);
  });

  test("those of every release that was good here count", () => {
    const history = [good(1), good(2, PENDING), good(3, PENDING)];

    expect(contractsUnknownTo(aRelease(1), appliedContracts(history, []))).toEqual(["0002_drop.up.sql"]);
    expect(contractsUnknownTo(aRelease(2, { migrations: PENDING }), appliedContracts(history, []))).toEqual(
      [],
    );
  });
});
