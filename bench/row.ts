/** One figure of the benchmark, with what it is measured against in the same run. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value is compared with, in the same unit; null when the limit is absolute. */
  readonly baseline: number | null;
  readonly ratio: number | null;
  /** The most that `ratio` may be, or `value` when there is no baseline. */
  readonly limit: number;
  readonly ok: boolean;
}

/** A figure judged by its ratio to a baseline of the same run. */
export function ratioRow(name: string, unit: string, value: number, baseline: number, limit: number): Row {
  const ratio = value / baseline;
  return { name, value, unit, baseline, ratio, limit, ok: ratio <= limit };
}

/** A figure judged by itself. */
export function absoluteRow(name: string, unit: string, value: number, limit: number): Row {
  return { name, value, unit, baseline: null, ratio: null, limit, ok: value <= limit };
}

/** The middle of the samples; the mean of the two middle ones when their number is even. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("a median needs at least one sample");
  return (upper + lower) / 2;
}
