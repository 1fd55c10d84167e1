import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Approval } from "../../../src/core/acts/types.ts";
import { decideBreakGlass, type BreakGlassDecision } from "../../../src/core/gates/break-glass.ts";
import { decideGates } from "../../../src/core/gates/decide.ts";
import type { GateFacts } from "../../../src/core/gates/types.ts";
import { aGateFacts, anApproval, aPolicy, HOUR, NOW } from "../../builders/a-gate-facts.ts";

const REASON = "the api answers nothing since noon";
/** A Friday evening in New York. */
const FRIDAY = Date.parse("2026-11-27T22:00:00Z");
const second = (changes: Partial<Approval> = {}) =>
  anApproval({
    id: "a-second",
    meaning: "break-glass",
    at: FRIDAY - HOUR,
    expiresAt: FRIDAY + HOUR,
    ...changes,
  });
/** Window, rate limit and approvals are closed; person A answers for it. */
const shut = (changes: Partial<GateFacts> = {}) =>
  aGateFacts({
    now: FRIDAY,
    mutations: [{ deploymentId: "d-0", at: FRIDAY - HOUR }],
    earlier: aGateFacts().earlier.map((commit) => ({
      ...commit,
      at: new Date(FRIDAY - HOUR).toISOString(),
    })),
    approvals: [second()],
    ...changes,
  });
const decide = (facts: GateFacts, reason = REASON) => decideBreakGlass(facts, decideGates(facts), reason);
const whyNot = (decision: BreakGlassDecision) =>
  decision.kind === "refused" ? decision.reasons.map((reason) => reason.says) : decision.kind;

test("window, rate limit and approvals are skipped with a reason and a second person", () => {
  expect(decide(shut())).toEqual({
    kind: "granted",
    skips: ["window", "rate-limit", "approvals"],
    reason: REASON,
    approval: second(),
  });
});

test("only what is closed is skipped", () => {
  expect(decide(shut({ mutations: [] }))).toMatchObject({ skips: ["window", "approvals"] });
});

test("when every gate is open nothing is skipped and nobody has to answer for it", () => {
  expect(decide(aGateFacts())).toEqual({ kind: "not-needed" });
});

test("a hold is never skipped", () => {
  const holds = [{ id: "h-1", reason: "patients see each other", by: "person-b", at: NOW }];
  expect(whyNot(decide(shut({ holds })))).toEqual([
    "person-b has held production since 2026-11-24 16:00:00 UTC: patients see each other (h-1)",
  ]);
});

test("a missing promotion is never skipped", () => {
  expect(whyNot(decide(shut({ earlier: [] })))).toEqual(["staging has not had sha-1a2b3c4-20260131-120001"]);
});

test("a release of an unknown author may still go out in an emergency", () => {
  expect(decide(shut({ author: undefined })).kind).toBe("granted");
});

test("every reason against it is told at once", () => {
  const decision = decide(
    shut({ earlier: [], approvals: [second({ revoked: true, person: "person-c" })] }),
    " help ",
  );
  expect(decision).toEqual({
    kind: "refused",
    reasons: [
      {
        says: "staging has not had sha-1a2b3c4-20260131-120001",
        opensAt: undefined,
        action: "deploy sha-1a2b3c4-20260131-120001 to staging first",
      },
      {
        says: 'the reason for breaking the glass is 4 characters long: "help"',
        opensAt: undefined,
        action: "write what is wrong and why it cannot wait, in 10 characters or more",
      },
      {
        says: "no second person answers for breaking the glass",
        opensAt: undefined,
        action:
          "person-a or person-b: slipway approve --plan=<file> --env=production --meaning=break-glass --reason=<why>",
      },
      {
        says: "a-second of person-c does not count: it was revoked; person-c triggers this deployment, and somebody else approves it",
        opensAt: undefined,
        action: "nothing to do about this one; a second person is missing all the same",
      },
    ],
  });
});

describe("the second person", () => {
  test("has any role that the policy names, whatever role they signed as", () => {
    expect(decide(shut({ approvals: [second({ person: "person-b", role: "owner" })] })).kind).toBe("granted");
    const roles = { ...shut().roles, owner: ["person-e"] };
    expect(
      whyNot(decide(shut({ roles, approvals: [second({ person: "person-e", role: "owner" })] }))),
    ).toEqual([
      "no second person answers for breaking the glass",
      "a-second of person-e does not count: person-e is not in the role tech-lead or qa-lead",
    ]);
  });

  test("has any role at all where the policy names none", () => {
    const facts = shut({
      policy: aPolicy({ approvals: undefined }),
      roles: { owner: ["person-e"] },
      approvals: [second({ person: "person-e", role: "owner" })],
    });
    expect(decide(facts)).toMatchObject({ kind: "granted", skips: ["window", "rate-limit"] });
  });

  test("says so in an approval of its own: a common one does not do", () => {
    expect(decide(shut({ approvals: [second({ meaning: "released" })] })).kind).toBe("refused");
  });

  test("has not been used up by another deployment, and stays with the one that used it", () => {
    const used = [second({ usedBy: "d-1", expiresAt: FRIDAY - 1 })];
    expect(decide(shut({ deploymentId: "d-2", approvals: used })).kind).toBe("refused");
    expect(decide(shut({ deploymentId: "d-1", approvals: used })).kind).toBe("granted");
  });
});

test("whatever is closed and whoever signs, it never lets a held or unpromoted release in, nor one person alone", () => {
  const people = fc.constantFrom("person-a", "person-b", "person-c", "person-d", "person-x");
  let granted = 0;
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.string({ minLength: 7, maxLength: 20 }),
      fc.array(people, { maxLength: 3 }),
      people,
      people,
      (held, promoted, reason, signers, triggeredBy, author) => {
        const facts = shut({
          holds: held ? [{ id: "h-1", reason: "x", by: "x", at: NOW }] : [],
          earlier: promoted ? shut().earlier : [],
          approvals: signers.map((person, index) => second({ id: `a-${index}`, person })),
          triggeredBy,
          author,
        });
        const named = ["person-a", "person-b", "person-c", "person-d"];
        const seconded = signers.some(
          (person) => person !== triggeredBy && person !== author && named.includes(person),
        );
        const expected = !held && promoted && reason.trim().length >= 10 && seconded;
        expect(decide(facts, reason).kind).toBe(expected ? "granted" : "refused");
        if (expected) granted++;
      },
    ),
    { numRuns: 2000 },
  );
  expect(granted).toBeGreaterThan(20);
});
