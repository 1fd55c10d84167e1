import { describe, expect, test } from "vitest";
import { canonicalSha256 } from "../../../src/adapters/local/canonical-sha256.ts";
import { sentence } from "../../../src/core/errors.ts";
import { readPlan } from "../../../src/core/plan/schema.ts";
import type { Plan } from "../../../src/core/plan/types.ts";
import { aPlan } from "../../builders/a-plan.ts";

const PLAN = aPlan();
const refusals = (input: unknown) => {
  const result = readPlan(input, canonicalSha256);
  return result.kind === "refused" ? result.problems.map(sentence) : [];
};

describe("a saved plan", () => {
  test.each<[string, Plan]>([
    ["as it was made", PLAN],
    ["with the release's author", aPlan({ release: { ...PLAN.release, author: "git:a@example.com" } })],
    ["of a first deployment", aPlan({ wayBack: null, worstRollbackSeconds: null })],
  ])("%s is read as it is", (_what, plan) => {
    expect(readPlan(JSON.parse(JSON.stringify(plan)), canonicalSha256)).toEqual({ kind: "plan", plan });
  });

  test("is found within the report of `plan --json`", () => {
    expect(readPlan({ plan: PLAN, gates: [], open: true }, canonicalSha256)).toEqual({
      kind: "plan",
      plan: PLAN,
    });
  });

  test.each<[string, Partial<Plan>]>([
    ["another environment", { environment: "production" }],
    ["another release", { release: { ...PLAN.release, sha256: "3".repeat(64) } }],
    ["a migration left out", { migrations: { applied: 1, pending: [] } }],
    ["another way back", { wayBack: null }],
  ])("with %s is an edited one", (_what, changes) => {
    const found = canonicalSha256({ ...PLAN, ...changes, fingerprint: undefined });

    expect(refusals({ ...PLAN, ...changes })).toEqual([
      `plan/fingerprint: is ${PLAN.fingerprint.slice(0, 12)}…, what the plan says now makes ${found.slice(0, 12)}…: it was edited (make it again with \`slipway plan --out=<file>\`; a plan is never edited)`,
    ]);
  });

  test.each<[string, unknown, string]>([
    ["a text", "plan", 'plan/: should be an object, got "plan"'],
    [
      "another form",
      { ...PLAN, schema: 2 },
      "plan/schema: should be 1, the only form this version reads, got 2",
    ],
    [
      "a path for an environment",
      { ...PLAN, environment: "../x" },
      'plan/environment: should be a name of lower-case letters, digits and single dashes, got "../x"',
    ],
  ])("that is %s is refused", (_what, input, expected) => {
    expect(refusals(input)).toEqual([expected]);
  });

  test("with a key added by hand is refused", () => {
    expect(refusals({ ...PLAN, approved: true })[0]).toMatch(/^plan\/approved: unknown key/);
  });
});
