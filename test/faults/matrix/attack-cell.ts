import type { Cell } from "./cell.ts";
import { episode, type Attack } from "./episode.ts";
import { SCENARIOS } from "./scenarios.ts";

/** A cell in which something is done to an upgrade. */
export function attackCell(id: string, inSubset: boolean, attack: Attack): Cell {
  return { id, inSubset, run: (context) => episode(SCENARIOS.upgrade, attack, context) };
}
