import { expect, test } from "vitest";
import type { KnownGood } from "../../../src/core/deployment/types.ts";
import { tellRestored } from "../../../src/core/migration/tell-restored.ts";
import { aRelease } from "../../builders/a-release.ts";

const AT = "2027-01-14T09:00:00.000Z";

function good(...files: string[]): KnownGood {
  const migrations = files.map((file) => ({ file, sha256: "a".repeat(64) }));
  return {
    deploymentId: "d-1",
    purpose: "deploy",
    release: { ...aRelease(1), migrations },
    revisions: {},
    at: AT,
  };
}
const ran = (...ids: string[]) => ids.map((id) => ({ id }));

test("says nothing of a database that has all that was good, or more, or where nothing ever was", () => {
  const known = good("0001_a.up.sql", "0002_b.sql", "1677777777777_c.ts");
  expect(tellRestored(ran("0001_a", "0002_b", "1677777777777_c", "1677777777778_d"), known)).toBeUndefined();
  expect(tellRestored(ran("0001_a"), undefined)).toBeUndefined();
});

test("says what is missing, since when, and what that means", () => {
  expect(tellRestored(ran("0001_a"), good("0001_a.up.sql", "0002_b.up.sql"))).toBe(
    `the database lacks 0002_b, which it had when ${aRelease(1).version} was good here (${AT}): it was restored to an earlier state, or they were taken down since; they run again now`,
  );
});

test("names three of many", () => {
  const files = ["0001_a", "0002_b", "0003_c", "0004_d", "0005_e"].map((id) => `${id}.up.sql`);
  expect(tellRestored([], good(...files))).toContain("lacks 0001_a, 0002_b, 0003_c and 2 more, which");
});
