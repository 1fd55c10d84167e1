import { expect, test } from "vitest";
import { describeReport } from "./describe-report.ts";
import { makeReport, passedIn, withAgain, type CellReport, type FaultReport } from "./report.ts";

const ABOUT = {
  kind: "whole",
  version: "1.0.0",
  commit: "abc1234",
  node: "24.0.0",
  startedAt: "2026-01-31T12:00:00.000Z",
  seconds: 1,
  seed: 7,
  jobs: 2,
} as const;

const cell = (id: string, result: Partial<CellReport["result"]> = {}): CellReport => ({
  id,
  seed: 7,
  seconds: 1,
  result: { broken: [], checked: [], ...result },
});

const report = (...cells: readonly CellReport[]): FaultReport => makeReport(ABOUT, cells, 0);

test("a cell whose run did not come to its place has neither passed nor failed", () => {
  const made = report(cell("a"), cell("b", { missed: true }), cell("c", { broken: ["I1: x"] }));

  expect(made.cells).toEqual({ run: 3, passed: 1, missed: 1, notRun: 0 });
  expect(made.failed.map(({ id }) => id)).toEqual(["c"]);
  expect(passedIn(made)).toEqual(new Set(["a"]));
});

test("what is run again is told beside what was found first", () => {
  const first = report(cell("a"), cell("b", { missed: true }), cell("c", { broken: ["I1: x"] }));
  const both = withAgain(first, report(cell("b"), cell("c", { broken: ["I1: x"] })));

  expect(both.cells).toEqual(first.cells);
  expect(both.failed).toEqual(first.failed);
  expect(passedIn(both)).toEqual(new Set(["a", "b"]));
  expect(describeReport(both)).toContain("| b | missed | passed |\n| c | failed | failed |");
});
