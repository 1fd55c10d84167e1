import type { Lab } from "../lab/lab.ts";
import { awsSweep } from "./aws-sweep.ts";
import type { Cell } from "./cell.ts";
import { cleanRuns } from "./clean-runs.ts";
import { crashCells } from "./crashes.ts";
import { closedDoors } from "./closed-doors.ts";
import { rough } from "./rough.ts";
import { hostileCells } from "./hostile.ts";
import { raceCells } from "./races.ts";
import { secretCells } from "./secrets.ts";
import { tamperingCells } from "./tampering.ts";
import { editedLeaseCells, pausedCells } from "./paused.ts";
import { postgresSweep } from "./postgres-sweep.ts";

/** The whole matrix. What a run does is found out by running it once, so a new step needs no new line here. */
export async function allCells(lab: Lab): Promise<readonly Cell[]> {
  const clean = await cleanRuns(lab);
  return [
    ...pausedCells(clean),
    ...crashCells(clean),
    ...awsSweep(clean),
    ...(await postgresSweep(lab)),
    ...editedLeaseCells(clean),
    ...closedDoors(),
    ...rough(clean),
    ...secretCells(),
    ...hostileCells(),
    ...tamperingCells(),
    ...raceCells(),
  ];
}
