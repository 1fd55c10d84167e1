import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { whoMaySign, type SigningFacts } from "../../../src/core/acts/who-may-sign.ts";
import type { ApprovalPolicy } from "../../../src/core/config/policy-types.ts";
import { sentence } from "../../../src/core/errors.ts";
import { aConfig, environmentOf } from "../../builders/a-config.ts";
import { anApproval, anIdentity } from "../../builders/an-approval.ts";

const POLICY: ApprovalPolicy = { roles: { "qa-lead": 1, "tech-lead": 1 }, expireHours: 12 };
const CONFIG = {
  ...aConfig(),
  people: {
    "person-a": { name: "Person A", identities: ["github:1", "local:aa"] },
    "person-b": { name: "Person B", identities: ["github:2", "git:b@example.com"] },
  },
  roles: { "qa-lead": ["person-a", "person-b"], "tech-lead": ["person-b"], auditor: ["person-a"] },
};
const GIVEN = anApproval();

function environment(approvals: ApprovalPolicy | undefined, cloud: "aws" | "local" = "aws") {
  const local = environmentOf(CONFIG);
  return { ...local, name: "staging", cloud, policy: { ...local.policy, approvals } };
}

function decide(changes: Partial<SigningFacts>) {
  return whoMaySign({
    config: CONFIG,
    environment: environment(POLICY),
    identity: anIdentity(),
    role: "qa-lead",
    meaning: "approved",
    subject: GIVEN.subject,
    author: "git:c@example.com",
    given: [],
    now: GIVEN.at + 1,
    ...changes,
  });
}

function refusals(changes: Partial<SigningFacts>): string[] {
  const decision = decide(changes);
  return decision.kind === "may-not" ? decision.problems.map(sentence) : [];
}

const ANOTHER = "(let somebody else of the role sign)";

describe("somebody may sign", () => {
  test("for a role that they have and the environment asks for, as long as its policy says", () => {
    expect(decide({})).toEqual({
      kind: "may-sign",
      person: "person-a",
      printedName: "Person A",
      validForSeconds: 12 * 3600,
    });
  });

  test("for breaking the glass for four hours, in any role where none is asked for", () => {
    expect(decide({ environment: environment(undefined), role: "auditor", meaning: "break-glass" })).toEqual({
      kind: "may-sign",
      person: "person-a",
      printedName: "Person A",
      validForSeconds: 4 * 3600,
    });
  });

  test("with a key file on the local cloud", () => {
    const identity = anIdentity({ issuer: "local", subject: "local:aa", method: "ed25519" });
    expect(refusals({ identity, environment: environment(POLICY, "local") })).toEqual([]);
  });

  test.each([
    ["was revoked", { revoked: true }],
    ["was used", { usedBy: "d-1" }],
    ["has expired", { expiresAt: GIVEN.at }],
    ["was for another plan", { subject: { ...GIVEN.subject, planSha256: "8".repeat(64) } }],
    ["answers for breaking the glass", { meaning: "break-glass" as const }],
    ["is somebody else's", { person: "person-b" }],
  ])("again when their earlier signature %s", (_what, changes) => {
    expect(refusals({ given: [anApproval(changes)] })).toEqual([]);
  });
});

describe("somebody may not sign", () => {
  test.each<[string, Partial<SigningFacts>, string]>([
    [
      "who is nobody in the config",
      { identity: anIdentity({ subject: "github:3" }) },
      'people: nobody has the identity github:3 (add "github:3" to somebody\'s identities in the config (known: person-a, person-b))',
    ],
    [
      "for a role that they do not have",
      { role: "tech-lead" },
      `--role: person-a is not in the role tech-lead ${ANOTHER}`,
    ],
    [
      "for a role that is not asked for",
      { role: "auditor" },
      "--role: staging asks for no auditor; it asks for qa-lead, tech-lead (give one of the roles that the environment's policy asks for)",
    ],
    [
      "where nothing is asked for",
      { environment: environment(undefined) },
      "--role: staging asks for no approvals (give one of the roles that the environment's policy asks for)",
    ],
    [
      "for what they wrote, under whatever identity",
      { identity: anIdentity({ subject: "github:2" }), author: "git:B@example.com" },
      `--role: person-b wrote the release, and nobody approves their own work ${ANOTHER}`,
    ],
    [
      "twice, also as something else",
      {
        identity: anIdentity({ subject: "github:2" }),
        role: "tech-lead",
        given: [anApproval({ person: "person-b" })],
      },
      `--role: person-b has signed already, as qa-lead (a-1); one person counts once ${ANOTHER}`,
    ],
    [
      "when nobody knows who wrote it",
      { author: undefined },
      "plan/release/author: the release does not say who wrote it, so nobody can be told apart from its author (build the release from a commit with an author, in a checkout with its .git folder)",
    ],
    [
      "with a key file outside the local cloud",
      { identity: anIdentity({ issuer: "local", subject: "local:aa", method: "ed25519" }) },
      "--as: a key file is for practice; staging is not on the local cloud (sign with --as=github or --as=aws)",
    ],
  ])("%s", (_who, changes, expected) => {
    expect(refusals(changes)).toEqual([expected]);
  });

  test("and is told everything against it at once", () => {
    const identity = anIdentity({ subject: "local:aa", issuer: "local" });
    expect(refusals({ identity, role: "auditor", author: "github:1", given: [GIVEN] })).toHaveLength(4);
  });

  test("under any name that is not one of the config's identities, letter for letter", () => {
    const known = Object.values(CONFIG.people).flatMap(({ identities }) => identities);
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", " github:1", "github:1\n")),
        (subject) => {
          fc.pre(!known.includes(subject));
          expect(decide({ identity: anIdentity({ subject }) }).kind).toBe("may-not");
        },
      ),
      { numRuns: 2000 },
    );
  });
});
