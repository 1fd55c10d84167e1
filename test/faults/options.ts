import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

export const USAGE = `npm run fault -- [options]: kills, cuts and starves the real product, and judges what is left
  --subset         what CI runs on every change
  --list           print the cells and run none
  --only=A,B       cells whose name holds A or B; * stands for anything
  --again=FOLDER   cells that have not passed in the report there; what comes of it is added to that report
  --seed=N         repeat a run
  --jobs=N         cells at the same time (default: twice the cores)
  --report=FOLDER  write fault-report.md and .json there (the whole matrix: docs/evidence)
  --json           print the report as one document`;

/** How the harness is called. */
export interface Options {
  readonly help: boolean;
  readonly subset: boolean;
  readonly list: boolean;
  readonly json: boolean;
  /** Parts of the cells' ids. */
  readonly only: string | undefined;
  /** Folder of an earlier report. */
  readonly again: string | undefined;
  readonly seed: number;
  /** Cells at the same time. */
  readonly jobs: number;
  /** Folder of the report; undefined: none is written. */
  readonly report: string | undefined;
}

/** Where the report of the whole matrix is kept. */
const EVIDENCE = "docs/evidence";
const SEEDS = 2 ** 31;

/** Reads the words after `npm run fault --`. Throws for one that it does not know. */
export function readOptions(argv: readonly string[], chance: number): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: "boolean", short: "h", default: false },
      subset: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string" },
      again: { type: "string" },
      seed: { type: "string" },
      jobs: { type: "string" },
      report: { type: "string" },
    },
  });
  const seed = values.seed === undefined ? Math.floor(chance * SEEDS) : Number(values.seed);
  const jobs = values.jobs === undefined ? availableParallelism() * 2 : Number(values.jobs);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`--seed is a whole number, not "${values.seed}"`);
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs is a number from 1, not "${values.jobs}"`);
  const { help, subset, list, json, only, again } = values;
  const isWhole = !subset && only === undefined && again === undefined;
  const report = values.report ?? (isWhole ? EVIDENCE : again);
  return { help, subset, list, json, only, again, seed, jobs, report };
}

/** Is the cell one of those that `--only` asks for? Several parts are separated by commas; `*` stands for anything. */
export function isWanted(id: string, only: string | undefined): boolean {
  if (only === undefined) return true;
  return only.split(",").some((part) => {
    const words = part.split("*").map((word) => word.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
    return new RegExp(words.join(".*")).test(id);
  });
}
