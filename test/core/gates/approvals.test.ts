import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Approval } from "../../../src/core/acts/types.ts";
import { countApprovals, decideApprovals, usedApprovals } from "../../../src/core/gates/approvals.ts";
import { assignApprovals } from "../../../src/core/gates/assign-approvals.ts";
import type { GateFacts } from "../../../src/core/gates/types.ts";
import { aGateFacts, anApproval, aPolicy, HOUR, NOW, SUBJECT } from "../../builders/a-gate-facts.ts";

const techLead = anApproval();
const qaLead = anApproval({ person: "person-b", role: "qa-lead" });
const says = (facts: GateFacts) => decideApprovals(facts).reasons.map((reason) => reason.says);
const asking = (roles: Readonly<Record<string, number>>) =>
  aPolicy({ approvals: { roles, expireHours: 24 } });

test("no rule is always open", () => {
  expect(decideApprovals(aGateFacts({ policy: aPolicy({ approvals: undefined }), approvals: [] }))).toEqual({
    gate: "approvals",
    reasons: [],
    rule: "no rule",
  });
});

test("with an approval for each role it is open, and they are used up", () => {
  expect(decideApprovals(aGateFacts())).toEqual({
    gate: "approvals",
    reasons: [],
    rule: "tech-lead 1, qa-lead 1",
  });
  expect(usedApprovals(aGateFacts())).toEqual(["a-person-a", "a-person-b"]);
});

test("what is missing is told for each role, with who may give it and how", () => {
  expect(decideApprovals(aGateFacts({ approvals: [] })).reasons).toEqual([
    {
      says: "tech-lead: 0 of 1 approval",
      opensAt: undefined,
      action:
        "person-a: slipway approve --plan=<file> --env=production --role=tech-lead --meaning=approved --reason=<why>",
    },
    {
      says: "qa-lead: 0 of 1 approval",
      opensAt: undefined,
      action:
        "person-b: slipway approve --plan=<file> --env=production --role=qa-lead --meaning=approved --reason=<why>",
    },
  ]);
});

test("when nobody is left who may approve, it says so", () => {
  const facts = aGateFacts({
    roles: { "tech-lead": ["person-c"], "qa-lead": ["person-b"] },
    approvals: [qaLead],
  });
  expect(decideApprovals(facts).reasons).toEqual([
    {
      says: "tech-lead: 0 of 1 approval",
      opensAt: undefined,
      action:
        "nobody else may approve as tech-lead: let somebody else trigger, or add a person to the role in the config",
    },
  ]);
});

test("a release of which nobody knows the author is approved by nobody", () => {
  expect(says(aGateFacts({ author: undefined }))).toEqual([
    "the release does not say who wrote it, so nobody can be told apart from its author",
  ]);
});

describe("an approval does not count when", () => {
  const cases: [string, Partial<Approval>, Partial<GateFacts>, string][] = [
    ["it was revoked", { revoked: true }, {}, "it was revoked"],
    ["another deployment used it", { usedBy: "d-9" }, { deploymentId: "d-1" }, "d-9 has used it"],
    ["it expired this very moment", { expiresAt: NOW }, {}, "it expired at 2026-11-24 16:00:00 UTC"],
    [
      "it is older than the policy allows, whatever it says itself",
      { at: NOW - 24 * HOUR, expiresAt: NOW + 100 * HOUR },
      {},
      "it expired at 2026-11-24 16:00:00 UTC",
    ],
    [
      "it was given in the future, because the clock went back",
      { at: NOW + 1000 },
      {},
      "it was given at 2026-11-24 16:00:01 UTC, which is still to come",
    ],
    ["it is for another app", { subject: { ...SUBJECT, app: "ledger" } }, {}, "it is for the app ledger"],
    ["it is for another environment", { subject: { ...SUBJECT, env: "staging" } }, {}, "it is for staging"],
    [
      "it is for another release",
      { subject: { ...SUBJECT, releaseSha256: "f".repeat(64) } },
      {},
      "it is for another release (ffffffff, not 11111111)",
    ],
    [
      "it is for another plan",
      { subject: { ...SUBJECT, planSha256: "f".repeat(64) } },
      {},
      "it is for another plan (ffffffff, not 22222222): what it would do has changed",
    ],
    [
      "its person triggers",
      {},
      { triggeredBy: "person-a" },
      "person-a triggers this deployment, and somebody else approves it",
    ],
    [
      "its person wrote the release",
      {},
      { author: "person-a" },
      "person-a wrote the release, and nobody approves their own work",
    ],
    [
      "the identity behind it triggers",
      {},
      { triggeredBy: "github:person-a" },
      "github:person-a signed it, who triggers this deployment",
    ],
    [
      "the identity behind it wrote the release",
      {},
      { author: "github:person-a" },
      "github:person-a signed it, who wrote the release",
    ],
    [
      "its person has lost the role",
      {},
      { roles: { "tech-lead": ["person-c"], "qa-lead": ["person-b"] } },
      "person-a is not in the role tech-lead",
    ],
    [
      "nobody asks for its role",
      { role: "owner" },
      { roles: { owner: ["person-a"] } },
      "nobody asks for the role owner here",
    ],
    [
      "it answers for breaking the glass",
      { meaning: "break-glass" },
      {},
      "it answers for breaking the glass, which approves nothing",
    ],
  ];

  test.each(cases)("%s", (_when, changes, facts, because) => {
    const approval = anApproval(changes);
    const judged = aGateFacts({ ...facts, approvals: [approval] });

    expect(countApprovals(judged)).toEqual({ counted: [], ignored: [{ approval, because: [because] }] });
    expect(says(judged)).toContain(`a-person-a of person-a as ${approval.role} does not count: ${because}`);
  });

  test("all that is wrong with it is told at once", () => {
    const facts = aGateFacts({
      author: "person-a",
      approvals: [anApproval({ revoked: true, expiresAt: NOW - 1, meaning: "break-glass" })],
    });
    expect(countApprovals(facts).ignored[0]?.because).toEqual([
      "it answers for breaking the glass, which approves nothing",
      "it was revoked",
      "it expired at 2026-11-24 15:59:59 UTC",
      "person-a wrote the release, and nobody approves their own work",
    ]);
  });
});

describe("one person counts once", () => {
  const both = { "tech-lead": ["person-a"], "qa-lead": ["person-a", "person-b"] };

  test("not for two roles", () => {
    const facts = aGateFacts({
      roles: both,
      approvals: [techLead, anApproval({ id: "a-2", role: "qa-lead" })],
    });
    expect(says(facts)).toEqual([
      "qa-lead: 0 of 1 approval",
      "a-2 of person-a as qa-lead does not count: person-a counts already, as tech-lead (a-person-a); one person counts once",
    ]);
  });

  test("not twice for one role", () => {
    const facts = aGateFacts({
      policy: asking({ "tech-lead": 2 }),
      approvals: [techLead, anApproval({ id: "a-2" })],
    });
    expect(says(facts)).toEqual([
      "tech-lead: 1 of 2 approvals",
      "a-2 of person-a as tech-lead does not count: person-a counts already, as tech-lead (a-person-a); one person counts once",
    ]);
  });

  test("but for the role in which they are needed, whichever they signed first", () => {
    const roles = { "tech-lead": ["person-a", "person-b"], "qa-lead": ["person-a"] };
    const approvals = [
      techLead,
      anApproval({ id: "a-2", role: "qa-lead" }),
      anApproval({ person: "person-b", role: "tech-lead" }),
    ];
    const facts = aGateFacts({ roles, approvals });
    expect(says(facts)).toEqual([]);
    expect(usedApprovals(facts).toSorted()).toEqual(["a-2", "a-person-b"]);
  });
});

test("more than enough are left for another time", () => {
  const facts = aGateFacts({
    roles: { "tech-lead": ["person-a", "person-e"], "qa-lead": ["person-b"] },
    approvals: [techLead, qaLead, anApproval({ person: "person-e" })],
  });
  expect(usedApprovals(facts)).toEqual(["a-person-a", "a-person-b"]);
  expect(countApprovals(facts).ignored.map(({ because }) => because)).toEqual([
    ["there are enough without it"],
  ]);
});

describe("a resumed deployment", () => {
  const used = [
    { ...techLead, usedBy: "d-1", expiresAt: NOW - 48 * HOUR },
    { ...qaLead, usedBy: "d-1" },
  ];
  const resumed = aGateFacts({ deploymentId: "d-1", approvals: used });

  test("keeps what it has used, expired or not", () => {
    expect(says(resumed)).toEqual([]);
    expect(usedApprovals(resumed)).toEqual(["a-person-a", "a-person-b"]);
  });

  test("does not use up another when the same person signs again", () => {
    const fresh = anApproval({ id: "a-fresh", role: "qa-lead" });
    const roles = { "tech-lead": ["person-a"], "qa-lead": ["person-a", "person-b"] };
    expect(usedApprovals({ ...resumed, roles, approvals: [fresh, ...used] })).toEqual([
      "a-person-a",
      "a-person-b",
    ]);
  });

  test("does not let a person who counts already fill the place of one who went back", () => {
    const roles = { "tech-lead": ["person-a", "person-e"], "qa-lead": ["person-a", "person-b"] };
    const [techUsed] = used;
    if (techUsed === undefined) throw new Error("two were used");
    const fresh = [anApproval({ id: "a-fresh", role: "qa-lead" }), anApproval({ person: "person-e" })];
    expect(says({ ...resumed, roles, approvals: [techUsed, ...fresh] })[0]).toBe("qa-lead: 0 of 1 approval");
  });

  test("loses what was revoked", () => {
    expect(says({ ...resumed, approvals: used.map((one) => ({ ...one, revoked: true })) })).toHaveLength(4);
  });
});

// Each of these alone is enough for an approval not to count.
const SPOILERS: readonly fc.Arbitrary<Partial<Approval>>[] = [
  fc.constant({ revoked: true }),
  fc.record({ usedBy: fc.uuid().map((id) => `d-${id}`) }),
  fc.integer({ min: 0, max: 1e12 }).map((ago) => ({ expiresAt: NOW - ago })),
  fc.integer({ min: 24 * HOUR, max: 1e12 }).map((ago) => ({ at: NOW - ago, expiresAt: NOW + ago })),
  fc.integer({ min: 1, max: 1e12 }).map((ahead) => ({ at: NOW + ahead, expiresAt: NOW + ahead + HOUR })),
  fc.constantFrom("app", "env", "releaseSha256", "planSha256").chain((key) =>
    fc
      .string()
      .filter((value) => value !== SUBJECT[key])
      .map((value) => ({ subject: { ...SUBJECT, [key]: value } })),
  ),
  fc.constant({ meaning: "break-glass" as const }),
  // Triggers, wrote it, is nobody, has another role.
  fc
    .constantFrom("person-c", "person-d", "person-x", "", "__proto__", "constructor")
    .map((person) => ({ person })),
  fc.constantFrom("person-c", "person-d").map((subject) => ({
    identity: { ...techLead.identity, subject },
  })),
  fc
    .string()
    .filter((role) => role !== "tech-lead")
    .map((role) => ({ role })),
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty").map((role) => ({ role })),
];

const BAD = 6000;

test(`of ${BAD} bad approvals none is accepted, alone or together`, () => {
  const bad = fc
    .tuple(fc.nat({ max: SPOILERS.length - 1 }), fc.subarray([...SPOILERS], { maxLength: 2 }))
    .chain(([index, more]) => fc.tuple(...more, SPOILERS[index] ?? fc.constant({ revoked: true })))
    .map((spoilers) => anApproval(Object.assign({}, ...spoilers) as Partial<Approval>));
  let refused = 0;
  fc.assert(
    fc.property(fc.array(bad, { minLength: 10, maxLength: 10 }), (approvals) => {
      const facts = aGateFacts({
        policy: asking({ "tech-lead": 1 }),
        roles: { "tech-lead": ["person-a", "person-c", "person-d"], "qa-lead": ["person-b"] },
        approvals,
      });
      const { counted, ignored } = countApprovals(facts);
      expect(counted).toEqual([]);
      expect(ignored.every(({ because }) => because.length > 0)).toBe(true);
      expect(decideApprovals(facts).reasons).toHaveLength(1 + approvals.length);
      refused += ignored.length;
    }),
    { numRuns: BAD / 10 },
  );
  expect(refused).toBe(BAD);
});

test("roles are filled whenever different people can fill them, by people who signed for them", () => {
  const given = fc.array(
    fc.record({
      role: fc.constantFrom("a", "b", "c"),
      person: fc.constantFrom("1", "2", "3", "4", "5"),
    }),
    { maxLength: 9 },
  );
  const asked = fc.record({ a: fc.nat({ max: 2 }), b: fc.nat({ max: 2 }), c: fc.nat({ max: 1 }) });
  fc.assert(
    fc.property(given, asked, (given, asked) => {
      const chosen = assignApprovals(asked, given);

      expect(new Set(chosen.map(({ person }) => person)).size).toBe(chosen.length);
      expect(chosen.every((one) => given.includes(one))).toBe(true);
      for (const [role, count] of Object.entries(asked)) {
        expect(chosen.filter((one) => one.role === role).length).toBeLessThanOrEqual(count);
      }
      expect(chosen.length).toBe(most(given, asked, ["1", "2", "3", "4", "5"]));
    }),
    { numRuns: 500 },
  );
});

/** By trying everything: how many places can be filled. */
function most(
  given: readonly { role: string; person: string }[],
  free: Readonly<Record<string, number>>,
  [person, ...others]: readonly string[],
): number {
  if (person === undefined) return 0;
  const roles = [...new Set(given.filter((one) => one.person === person).map(({ role }) => role))];
  const seated = roles
    .filter((role) => (free[role] ?? 0) > 0)
    .map((role) => 1 + most(given, { ...free, [role]: (free[role] ?? 0) - 1 }, others));
  return Math.max(most(given, free, others), ...seated);
}
