import { describe, expect, test } from "vitest";
import { personOf, provenPerson } from "../../../src/core/acts/person-of.ts";

const ROLE = "arn:aws:sts::123456789012:assumed-role/release-managers";
const PEOPLE = {
  "person-a": { name: "Person A", identities: ["github:1", "git:A@Example.com", "local:aa"] },
  "person-b": { name: "Person B", identities: [ROLE, "aws:AIDAB", "github:2@901234"] },
};

describe("an identity", () => {
  test.each([
    ["github:1", "person-a"],
    ["git:a@example.COM", "person-a"],
    ["local:aa", "person-a"],
    [ROLE, "person-b"],
    ["github:2@901234", "person-b"],
    ["github:2", "person-b"],
    [`${ROLE}/whatever-the-user-wrote`, "person-b"],
  ])("%s is %s's", (identity, person) => {
    expect(personOf(PEOPLE, identity)).toBe(person);
  });

  test.each([
    "github:11",
    "github:1@901234",
    "github:2@901235",
    "github:901234",
    "GitHub:1",
    "local:AA",
    `${ROLE}-2/x`,
    "__proto__",
    "person-a",
    "arn:aws:sts::999999999999:assumed-role/release-managers/x",
  ])("%s is nobody's and stays what it is", (identity) => {
    const person = personOf(PEOPLE, identity);

    expect(person).toBe(identity);
  });

  test("is found by its unique id as well", () => {
    const identity = {
      issuer: "aws" as const,
      subject: "arn:aws:iam::123456789012:user/b",
      method: "sts",
      shownName: undefined,
      authTime: undefined,
    };

    expect(provenPerson(PEOPLE, { ...identity, uniqueId: "aws:AIDAB" })).toBe("person-b");
    expect(provenPerson(PEOPLE, identity)).toBeUndefined();
  });

  test("that happens to be the key of another person is not that person", () => {
    const identity = {
      issuer: "local" as const,
      subject: "person-a",
      method: "x",
      shownName: undefined,
      authTime: undefined,
    };

    expect(provenPerson(PEOPLE, identity)).toBeUndefined();
  });
});
