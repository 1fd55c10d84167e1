import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Cell, CellContext, CellResult } from "./cell.ts";

const PROGRAM = fileURLToPath(new URL("../process/hostile.ts", import.meta.url));
const TEXTS = 600;
const LEAST_CASES = 2000;
const DEADLINE_MS = 240_000;
const FAULTS_SHOWN = 20;

interface Said {
  readonly cases: number;
  readonly refused: number;
  readonly carried: number;
  readonly faults: readonly string[];
}

/** F32: names that try to be commands, paths, lines of the log. */
export function hostileCells(): Cell[] {
  return [{ id: "F32/names/2000-hostile", inSubset: true, run: nameEverything }];
}

async function nameEverything({ lab, seed }: CellContext): Promise<CellResult> {
  const folder = mkdtempSync(join(lab.folder, "hostile-"));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        HOSTILE_FOLDER: folder,
        HOSTILE_SEED: String(seed),
        HOSTILE_COUNT: String(TEXTS),
      },
      timeout: DEADLINE_MS,
      killSignal: "SIGKILL",
      maxBuffer: 64 * 1024 * 1024,
    });
    const said = JSON.parse(stdout) as Said;
    const few = said.cases < LEAST_CASES ? [`only ${said.cases} cases`] : [];
    const more = said.faults.length > FAULTS_SHOWN ? [`and ${said.faults.length - FAULTS_SHOWN} more`] : [];
    return {
      broken: [...few, ...said.faults.slice(0, FAULTS_SHOWN), ...more],
      checked: [],
      figures: {
        "hostile names: cases": said.cases,
        "hostile names: refused": said.refused,
        "hostile names: carried as data": said.carried,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
