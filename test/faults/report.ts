import type { CellResult } from "./matrix/cell.ts";

/** One cell as it went. */
export interface CellReport {
  readonly id: string;
  readonly seed: number;
  readonly seconds: number;
  readonly result: CellResult;
}

/** What the harness answers: with `--json` this very document. */
export interface FaultReport {
  readonly kind: "subset" | "whole" | "chosen";
  readonly version: string;
  readonly commit: string;
  readonly node: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly seed: number;
  readonly jobs: number;
  readonly cells: {
    readonly run: number;
    readonly passed: number;
    /** Polled places that a run did not come to in any of its tries: neither passed nor failed. */
    readonly missed: number;
    /** Not run, because the harness was stopped. */
    readonly notRun: number;
  };
  readonly groups: Readonly<
    Record<string, { readonly run: number; readonly passed: number; readonly seconds: number }>
  >;
  /** Invariant → how many cells it was checked in, and in how many it was broken. */
  readonly invariants: Readonly<Record<string, { readonly checked: number; readonly broken: number }>>;
  readonly recovery: { readonly cells: number; readonly maxMs: number; readonly p95Ms: number };
  /** Added up over all cells. */
  readonly counts: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
  readonly failed: readonly {
    readonly id: string;
    readonly seed: number;
    readonly broken: readonly string[];
  }[];
  readonly missed: readonly string[];
  readonly passed: readonly string[];
  /** Later runs of the cells that had not passed until then. */
  readonly again: readonly Again[];
}

export interface Again extends Pick<
  FaultReport,
  "version" | "commit" | "startedAt" | "seconds" | "jobs" | "failed" | "missed" | "passed"
> {}

type About = Pick<
  FaultReport,
  "kind" | "version" | "commit" | "node" | "startedAt" | "seconds" | "seed" | "jobs"
>;

/** Adds up what the cells have answered. */
export function makeReport(about: About, cells: readonly CellReport[], notRun: number): FaultReport {
  const passed = cells.filter(isPassed);
  const missed = cells.filter(isMissed);
  const times = cells.flatMap(({ result: { recoveryMs } }) => (recoveryMs === undefined ? [] : [recoveryMs]));
  times.sort((a, b) => a - b);
  return {
    ...about,
    cells: { run: cells.length, passed: passed.length, missed: missed.length, notRun },
    groups: groupsOf(cells),
    invariants: invariantsOf(cells),
    recovery: {
      cells: times.length,
      maxMs: times.at(-1) ?? 0,
      p95Ms: times[Math.max(0, Math.ceil(times.length * 0.95) - 1)] ?? 0,
    },
    counts: countsOf(cells),
    figures: Object.assign({}, ...cells.map(({ result }) => result.figures ?? {})) as Record<string, number>,
    failed: cells
      .filter(({ result }) => result.broken.length > 0)
      .map(({ id, seed, result }) => ({ id, seed, broken: result.broken })),
    missed: missed.map(({ id }) => id),
    passed: passed.map(({ id }) => id),
    again: [],
  };
}

/** Ids of the cells that have passed, in the report's own run or in a later one. */
export function passedIn({ passed, again }: FaultReport): ReadonlySet<string> {
  return new Set([...passed, ...again.flatMap((later) => later.passed)]);
}

/** The report with what came of running its other cells later; what it said before stays. */
export function withAgain(report: FaultReport, later: FaultReport): FaultReport {
  const { version, commit, startedAt, seconds, jobs, failed, missed, passed } = later;
  const one = { version, commit, startedAt, seconds, jobs, failed, missed, passed };
  return { ...report, again: [...report.again, one] };
}

function isPassed({ result }: CellReport): boolean {
  return result.broken.length === 0 && result.missed !== true;
}

function isMissed({ result }: CellReport): boolean {
  return result.broken.length === 0 && result.missed === true;
}

function countsOf(cells: readonly CellReport[]): FaultReport["counts"] {
  const counts: Record<string, number> = {};
  for (const { result } of cells)
    for (const [name, count] of Object.entries(result.counts ?? {}))
      counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

function groupsOf(cells: readonly CellReport[]): FaultReport["groups"] {
  const groups: Record<string, { run: number; passed: number; seconds: number }> = {};
  for (const cell of cells) {
    const group = (groups[cell.id.split("/").slice(0, 3).join("/")] ??= { run: 0, passed: 0, seconds: 0 });
    group.run += 1;
    group.passed += isPassed(cell) ? 1 : 0;
    group.seconds = Math.round((group.seconds + cell.seconds) * 10) / 10;
  }
  return groups;
}

function invariantsOf(cells: readonly CellReport[]): FaultReport["invariants"] {
  const invariants: Record<string, { checked: number; broken: number }> = {};
  for (const { result } of cells) {
    for (const id of result.checked) {
      const one = (invariants[id] ??= { checked: 0, broken: 0 });
      one.checked += 1;
      one.broken += result.broken.some((line) => line.startsWith(`${id}: `)) ? 1 : 0;
    }
  }
  return invariants;
}
