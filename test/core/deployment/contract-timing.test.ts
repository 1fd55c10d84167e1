import { describe, expect, test } from "vitest";
import { contractsTooEarly, type ContractFacts } from "../../../src/core/deployment/contract-timing.ts";
import type { KnownGood } from "../../../src/core/deployment/types.ts";
import { aMigration } from "../../builders/a-migration.ts";
import { aRelease } from "../../builders/a-release.ts";

const EXPAND = "0002_add_mood_text";
const CONTRACT = aMigration("0003_drop_mood", { phase: "contract", contracts: EXPAND, afterDays: 7 });
const RAN = "2026-01-01T12:00:00.000Z";
const DAY = 86_400_000;

/** A release that was good, with the migrations of these ids. */
function good(n: number, ...ids: string[]): KnownGood {
  const migrations = ids.map((id) => ({ file: `${id}.up.sql`, sha256: "a".repeat(64) }));
  const release = aRelease(n, { migrations });
  return { deploymentId: `d-${n}`, purpose: "deploy", release, revisions: {}, at: RAN };
}

const [V1, V2, V3] = [good(1, "0001_a"), good(2, "0001_a", EXPAND), good(3, "0001_a", EXPAND)];

function facts(changes: Partial<ContractFacts> = {}): ContractFacts {
  return {
    pending: [CONTRACT],
    applied: [{ id: EXPAND, ranAt: RAN }],
    history: [V1, V2, V3],
    firstDeployment: "2025-01-01T00:00:00.000Z",
    now: Date.parse(RAN) + 8 * DAY,
    ...changes,
  };
}
const sentences = (changes?: Partial<ContractFacts>) =>
  contractsTooEarly(facts(changes)).map(({ says }) => says);

describe("a contract migration runs", () => {
  test("when a later release than the expanding one is good, and the days have passed", () => {
    expect(contractsTooEarly(facts())).toEqual([]);
    expect(contractsTooEarly(facts({ now: Date.parse(RAN) + 7 * DAY }))).toEqual([]);
  });

  test("with the whole history into an empty database, where there is no old code", () => {
    const empty = { history: [], applied: [], firstDeployment: undefined };
    expect(contractsTooEarly(facts({ ...empty, pending: [aMigration(EXPAND), CONTRACT] }))).toEqual([]);
  });

  test("after a first deployment that failed between the two, at once", () => {
    const failed = { history: [], firstDeployment: "2026-01-01T11:00:00.000Z", now: Date.parse(RAN) + 1000 };
    expect(contractsTooEarly(facts(failed))).toEqual([]);
  });

  test("again, when the release that runs knows it and somebody took it back", () => {
    const knows = good(4, "0001_a", EXPAND, CONTRACT.id);
    expect(contractsTooEarly(facts({ history: [V1, V2, V3, knows] }))).toEqual([]);
  });
});

describe("a contract migration is too early", () => {
  test("while a release runs that was built before the expanding one", () => {
    expect(sentences({ history: [V1] })).toEqual([
      `1.0.0 (${V1.release.id}) runs here and was built before ${EXPAND}`,
    ]);
  });

  test("while the first release with the expanding one runs: it went out beside the old code", () => {
    expect(sentences({ history: [V1, V2] })).toEqual([
      `2.0.0 (${V2.release.id}) runs here and is the first with ${EXPAND}, so it may still need the old shape`,
    ]);
  });

  test("when a rollback has brought back one of these", () => {
    expect(sentences({ history: [V1, V2, V3, { ...V2, purpose: "rollback" }] })).toHaveLength(1);
    expect(sentences({ history: [V1, V2, V3, { ...V1, purpose: "rollback" }] })).toHaveLength(1);
  });

  test("one millisecond before its days have passed, and says when it opens", async () => {
    const problems = contractsTooEarly(facts({ now: Date.parse(RAN) + 7 * DAY - 1 }));
    const lines = problems.map(({ code, at, says, hint }) => `${code} ${at}: ${says}\n  ${hint}\n`);
    await expect(lines.join("")).toMatchFileSnapshot("../../golden/migrations/contract-too-early.txt");
  });

  test("when the expanding one ran before any deployment here, until its days have passed", () => {
    const adopted = {
      history: [],
      firstDeployment: "2026-01-05T00:00:00.000Z",
      now: Date.parse(RAN) + 5 * DAY,
    };
    expect(sentences(adopted)).toHaveLength(1);
    expect(sentences({ ...adopted, firstDeployment: undefined })).toHaveLength(1);
  });

  test("for ever, when it does not say what it contracts", () => {
    const nameless = aMigration("0003_drop_mood", { phase: "contract" });
    expect(sentences({ pending: [nameless] })).toEqual([
      "does not say which migration it contracts, so nobody knows which code needs the old shape",
    ]);
  });
});

test("a migration whose name only begins like the expanding one is another one", () => {
  const other = good(2, `${EXPAND}_too`);
  expect(sentences({ history: [V1, other, other] })).toHaveLength(1);
});
