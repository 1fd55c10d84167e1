import { expect, test } from "vitest";
import { absoluteRow, median, ratioRow } from "../../bench/row.ts";

test("a ratio is judged against its limit", () => {
  expect(ratioRow("warm", "s", 3, 20, 0.15)).toEqual({
    name: "warm",
    value: 3,
    unit: "s",
    baseline: 20,
    ratio: 0.15,
    limit: 0.15,
    ok: true,
  });
  expect(ratioRow("warm", "s", 3.2, 20, 0.15).ok).toBe(false);
});

test("a value without a baseline is judged by itself", () => {
  expect(absoluteRow("memory", "MB", 601, 600)).toMatchObject({ baseline: null, ratio: null, ok: false });
});

test("the median is the middle one, or the mean of the two middle ones", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([1, 9, 5, 7])).toBe(6);
  expect(() => median([])).toThrow("at least one sample");
});
