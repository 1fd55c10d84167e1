import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { tableFaults } from "../../scripts/docs/requirements/faults.ts";
import type { Requirement } from "../../scripts/docs/requirements/requirement.ts";
import { REQUIREMENTS } from "../../scripts/docs/requirements/requirements.ts";
import { testTitles, type TestTitle } from "../../scripts/docs/test-titles.ts";

const ROOT = resolve(import.meta.dirname, "../..");

const CLAUSES = [
  ..."abcdefghk".split("").map((letter) => `21 CFR 11.10(${letter})`),
  ...["50", "70", "100", "200", "300"].map((section) => `21 CFR 11.${section}`),
  ...["312(a)(2)(i)", "312(b)", "312(c)", "316(b)"].map((section) => `45 CFR 164.${section}`),
];

function titlesOf(file: string): readonly TestTitle[] | undefined {
  const path = join(ROOT, file);
  return existsSync(path) ? testTitles(readFileSync(path, "utf8")) : undefined;
}

test("every clause has tests that are there and run, and leaves evidence", () => {
  expect(tableFaults(REQUIREMENTS, CLAUSES, titlesOf)).toEqual([]);
});

describe("the table is refused", () => {
  const requirement: Requirement = {
    clause: "21 CFR 11.50",
    asks: "a name",
    slipway: "prints it",
    yours: "write it",
    tests: { "a.test.ts": ["group › prints a name"] },
    evidence: ["the page"],
  };
  const faults = (
    changes: Partial<Requirement>,
    text = 'describe("group", () => test("prints a name", f));',
  ) =>
    tableFaults([{ ...requirement, ...changes }], ["21 CFR 11.50"], (file) =>
      file === "a.test.ts" ? testTitles(text) : undefined,
    );

  test("not when all is there", () => {
    expect(faults({})).toEqual([]);
  });

  test("when a clause is missing, stands there twice or was not asked for", () => {
    expect(tableFaults([], ["21 CFR 11.50"], () => [])).toEqual(["21 CFR 11.50 is missing"]);
    expect(faults({ clause: "21 CFR 11.5" })).toEqual([
      "21 CFR 11.50 is missing",
      "21 CFR 11.5 is not asked for, or stands there twice",
    ]);
  });

  test("when a clause has no test, also when it says that it is the user's alone", () => {
    expect(faults({ tests: {} })).toEqual(["21 CFR 11.50 has no test that always runs"]);
    expect(faults({ tests: {}, onlyYours: "we did not get round to it" })).toEqual([
      "21 CFR 11.50 may not be left to the user",
    ]);
  });

  test("when a test was renamed, moved, skipped or depends on the machine", () => {
    const none = "21 CFR 11.50 has no test that always runs";
    const gone = (file: string) => `21 CFR 11.50: there is no test "group › prints a name" in ${file}`;
    expect(faults({}, 'test("prints a name", f);')).toEqual([gone("a.test.ts"), none]);
    expect(faults({ tests: { "b.test.ts": ["group › prints a name"] } })).toEqual([gone("b.test.ts"), none]);
    expect(faults({}, 'describe.skip("group", () => { test("prints a name", f); });')).toEqual([
      '21 CFR 11.50: the test "group › prints a name" in a.test.ts is skipped',
      none,
    ]);
    expect(faults({}, 'describe.skipIf(x)("group", () => { test("prints a name", f); });')).toEqual([none]);
  });

  test("when it says nothing, or leaves no evidence", () => {
    expect(faults({ yours: "", evidence: [] })).toEqual([
      "21 CFR 11.50 leaves no evidence",
      "21 CFR 11.50 leaves something unsaid",
    ]);
  });
});

test("the tests of a file are read with their groups, whatever form they have", () => {
  const text = `
    describe.each([1, 2])("a group", () => {
      test.each(["x", "y"] as const)("each of %s", () => { test("no", expect); });
      describe("in it", { timeout: 5 }, () => test(\`counts \${n} of them\`, () => {}));
      it.skip("left out", f);
    });
    for (const x of xs) test("in a loop", f);
    test.todo("to come");
    test.runIf(linux).each([1])("on Linux", f);
    other("no test", f); test(name, f); expect("no test").toBe("");
  `;

  expect(testTitles(text)).toEqual([
    { title: "a group › each of %s", runs: "always" },
    { title: "a group › in it › counts … of them", runs: "always" },
    { title: "a group › left out", runs: "skipped" },
    { title: "in a loop", runs: "always" },
    { title: "to come", runs: "skipped" },
    { title: "on Linux", runs: "sometimes" },
  ]);
});
