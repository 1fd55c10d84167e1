import { describe, expect, test } from "vitest";
import { signerFaults, type SignerRules } from "../../../src/core/acts/signer-faults.ts";

const RULES: SignerRules = {
  roles: { "qa-lead": ["person-a", "person-b"], "tech-lead": ["person-b"] },
  author: "person-c",
  triggeredBy: "person-d",
  before: undefined,
};
const faults = (rules: Partial<SignerRules>, role = "qa-lead") =>
  signerFaults({ person: "person-a", role }, { ...RULES, ...rules });

describe("a signature", () => {
  test("of somebody in the role, who neither wrote nor triggers nor signed before, counts", () => {
    expect(faults({})).toEqual([]);
  });

  test("of somebody outside the role does not", () => {
    expect(faults({}, "tech-lead")).toEqual(["person-a is not in the role tech-lead"]);
  });

  test.each(["nobody", "constructor", "__proto__"])("for the role %s, which is none, does not", (role) => {
    expect(faults({}, role)).toEqual([`person-a is not in the role ${role}`]);
  });

  test("is told everything against it at once", () => {
    const before = { id: "a-1", role: "tech-lead" };

    expect(faults({ author: "person-a", triggeredBy: "person-a", before }, "tech-lead")).toEqual([
      "person-a is not in the role tech-lead",
      "person-a wrote the release, and nobody approves their own work",
      "person-a triggers this deployment, and somebody else approves it",
      "person-a has signed already, as tech-lead (a-1); one person counts once",
    ]);
  });
});
