import type { CellContext, CellResult } from "./cell.ts";

/** How often a cell is tried whose run did not come to its place: how often something is polled changes. */
const TRIES = 3;

/** Numbers of cells are smaller, so that no two tries share an environment. */
const MOST_CELLS = 10_000;

/** Runs a cell again, in a new environment, as long as its run did not come to the place where it was to be hit. */
export async function untilHit(
  context: CellContext,
  run: (context: CellContext) => Promise<CellResult>,
): Promise<CellResult> {
  for (let tries = 1; ; tries++) {
    const result = await run({ ...context, number: context.number + tries * MOST_CELLS });
    if (result.missed !== true || result.broken.length > 0 || tries === TRIES) return result;
  }
}
