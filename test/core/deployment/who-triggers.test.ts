import { expect, test } from "vitest";
import { clocksDiffer } from "../../../src/core/deployment/clocks-differ.ts";
import { whoTriggers } from "../../../src/core/deployment/who-triggers.ts";

const people = {
  "person-a": { name: "Person A", identities: ["github:1", "arn:aws:iam::000000000000:user/a"] },
  "person-b": { name: "Person B", identities: ["github:2"] },
};
const ROLE = "arn:aws:sts::000000000000:assumed-role/ci/run-7";

test.each([
  ["the person whose credentials they are", "arn:aws:iam::000000000000:user/a", undefined, "person-a"],
  ["that person, whatever a variable says", "arn:aws:iam::000000000000:user/a", "github:2", "person-a"],
  ["whom the CI names, when the credentials are a role's", ROLE, "github:2", "person-b"],
  ["the CI's actor itself, when it is nobody here", ROLE, "github:9", "github:9"],
])("who triggers is %s", (_what, actor, ciActor, expected) => {
  expect(whoTriggers({ people }, { actor }, ciActor)).toBe(expected);
});

test.each([
  [0, 60_000, undefined],
  [0, -60_000, undefined],
  [0, 61_000, "the ledger's database is 61 s ahead of the platform, 60 s are allowed"],
  [0, -3_600_000, "the ledger's database is 3600 s behind the platform, 60 s are allowed"],
  [undefined, 0, "the platform did not say what time it is, so the database's cannot be checked"],
])("clocks %s and %s", (platform, database, says) => {
  expect(clocksDiffer(platform, database).map((problem) => problem.says)).toEqual(
    says === undefined ? [] : [says],
  );
});
