import { expect, test } from "vitest";
import { exitCodeOf, isExpected } from "../../../src/engine/exec/expectation.ts";

const codes = Array.from({ length: 256 }, (_, code) => code);
const allowed = (expect: "SUCCESS" | "FAILURE" | "ANY") => codes.filter((code) => isExpected(code, expect));
const range = (from: number, to: number) => codes.slice(from, to + 1);

test("the ranges are Dagger's: death by a signal is never expected", () => {
  expect(allowed("SUCCESS")).toEqual([0]);
  expect(allowed("FAILURE")).toEqual([...range(1, 127), ...range(192, 255)]);
  expect(allowed("ANY")).toEqual([...range(0, 127), ...range(192, 255)]);
});

test("a signal counts as a shell would say it", () => {
  expect(exitCodeOf({ exitCode: null, signal: "SIGKILL" })).toBe(137);
  expect(exitCodeOf({ exitCode: 7, signal: null })).toBe(7);
});
