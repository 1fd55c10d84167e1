import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { freeTextProblems } from "../../../src/core/acts/free-text.ts";
import { sentence } from "../../../src/core/errors.ts";
import { printable } from "../../../src/core/printable.ts";

const problems = (text: string) => freeTextProblems("--reason", text).map(sentence);
const HINT = "(give one line that an auditor understands)";

describe("a reason", () => {
  test.each([
    "all green",
    "sécurité d'abord",
    "نجح الاختبار",
    "בדיקה עברה",
    "👩‍🔬 verified",
    "$(rm -rf /)",
    "x".repeat(1000),
  ])("may be %j", (text) => {
    expect(problems(text)).toEqual([]);
  });

  test.each([
    ["", "is empty"],
    ["   ", "is empty"],
    ["x".repeat(1001), "has 1001 characters; 1000 is the most"],
    ["two\nlines", "has the character U+000A, which is no text"],
    ["a\u0000b", "has the character U+0000, which is no text"],
    ["\u001b[31mred", "has the character U+001B, which is no text"],
    ["safe \u202Eelbaliaf", "has the character U+202E, which is no text"],
    ["line\u2028end", "has the character U+2028, which is no text"],
    ["half \ud83d", "has the character U+D83D, which is no text"],
  ])("may not be %j", (text, says) => {
    expect(problems(text)).toEqual([`--reason: ${says} ${HINT}`]);
  });
});

test("what is printed is one line that no terminal obeys, whatever it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 2000 },
  );
});
