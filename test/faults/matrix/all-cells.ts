import type { Lab } from "../lab/lab.ts";
import type { Cell } from "./cell.ts";
import { cleanRuns } from "./clean-runs.ts";
import { crashCells } from "./crashes.ts";

/** The whole matrix. What a run does is found out by running it once, so a new step needs no new line here. */
export async function allCells(lab: Lab): Promise<readonly Cell[]> {
  const clean = await cleanRuns(lab);
  return [...crashCells(clean)];
}
