import { expect, test } from "vitest";
import { isWanted, readOptions } from "./options.ts";

test.each([
  ["F1/upgrade/kill/before/shift", undefined, true],
  ["F1/upgrade/kill/before/shift", "upgrade/kill", true],
  ["F1/upgrade/kill/before/shift", "F1/*/shift", true],
  ["F1/upgrade/kill/before/shift", "F2,F1", true],
  ["F1/upgrade/kill/before/shift", "F2", false],
  ["postgres/x/001-select-a.b", "a.b", true],
  ["postgres/x/001-select-a-b", "a.b", false],
])("%s is asked for by %s: %s", (id, only, wanted) => {
  expect(isWanted(id, only)).toBe(wanted);
});

test("a seed is made up unless it is given", () => {
  expect(readOptions([], 0.5).seed).toBe(2 ** 30);
  expect(readOptions(["--seed=7"], 0.5).seed).toBe(7);
});

test.each([["--seed=x"], ["--jobs=0"], ["--what"]])("refuses %s", (word) => {
  expect(() => readOptions([word], 0)).toThrow(word.split("=")[0] ?? word);
});

test("the whole matrix leaves its report in the evidence, a part of it only where it is told to", () => {
  expect(readOptions([], 0).report).toBe("docs/evidence");
  expect(readOptions(["--subset"], 0).report).toBeUndefined();
  expect(readOptions(["--only=F1"], 0).report).toBeUndefined();
  expect(readOptions(["--subset", "--report=out"], 0).report).toBe("out");
  expect(readOptions(["--again=out"], 0).report).toBe("out");
});
