import type { Lab } from "../lab/lab.ts";

/** One line of the matrix: what is done to the product, and what came of it. */
export interface Cell {
  /** `F1/upgrade/kill/before/shift/containers.shift#1`; `--only` looks for a part of it. */
  readonly id: string;
  /** CI runs it on every change. */
  readonly inSubset: boolean;
  /** Needs the lab to itself: it loads the machine, or kills what others use. */
  readonly alone?: boolean;
  readonly run: (context: CellContext) => Promise<CellResult>;
}

export interface CellContext {
  readonly lab: Lab;
  /** Different for each cell, the same each time that the harness is given the same `--seed`. */
  readonly seed: number;
  /** For the environment's name: no two are alike. */
  readonly number: number;
}

export interface CellResult {
  /** What went wrong: `I3: …`. Empty: passed. */
  readonly broken: readonly string[];
  /** Ids of the invariants that were looked at. */
  readonly checked: readonly string[];
  /** The run never came to the place where it was to be hit, so nothing was tried. */
  readonly missed?: true;
  /** How long the recovery took. */
  readonly recoveryMs?: number | undefined;
  /** What is added up over all cells: `requests sent` → 120. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Figures of its own, for the report: `rounds` → 50. */
  readonly figures?: Readonly<Record<string, number>>;
}
