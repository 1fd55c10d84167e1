import { createHash } from "node:crypto";
import pMap from "p-map";
import type { Lab } from "./lab/lab.ts";
import type { Cell, CellResult } from "./matrix/cell.ts";
import type { CellReport } from "./report.ts";

export interface RunCells {
  readonly lab: Lab;
  readonly seed: number;
  readonly jobs: number;
  readonly stop: AbortSignal;
  readonly onEnd: (report: CellReport) => void;
}

/**
 * Runs those cells that need the lab to themselves, and then the others, several at a time and mixed: cells that wait
 * stand beside cells that work, and a run that is cut short has seen something of everything.
 */
export async function runCells(cells: readonly Cell[], options: RunCells): Promise<readonly CellReport[]> {
  const mixed = cells.toSorted((a, b) => seedOf(options.seed, a.id) - seedOf(options.seed, b.id));
  const numbered = mixed.map((cell, index) => ({ cell, number: index + 1 }));
  const reports: CellReport[] = [];
  const runOne = async ({ cell, number }: { cell: Cell; number: number }) => {
    if (options.stop.aborted) return;
    const report = await runCell(cell, number, options);
    if (options.stop.aborted) return;
    reports.push(report);
    options.onEnd(report);
  };

  for (const one of numbered.filter(({ cell }) => cell.alone === true)) await runOne(one);
  await pMap(
    numbered.filter(({ cell }) => cell.alone !== true),
    runOne,
    { concurrency: options.jobs },
  );
  return reports;
}

async function runCell(cell: Cell, number: number, { lab, seed }: RunCells): Promise<CellReport> {
  const began = performance.now();
  let result: CellResult;
  try {
    result = await cell.run({ lab, number, seed: seedOf(seed, cell.id) });
  } catch (error) {
    result = {
      broken: [
        `the harness failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      ],
      checked: [],
    };
  }
  return { id: cell.id, seed, seconds: Math.round(performance.now() - began) / 1000, result };
}

/** A cell's own seed does not depend on which others are run with it. */
function seedOf(seed: number, id: string): number {
  return createHash("sha256").update(`${seed} ${id}`).digest().readUInt32BE(0);
}
