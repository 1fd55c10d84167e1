import { SlipwayError } from "../../core/errors.ts";

/** A worker that was asked something is gone before it has answered. */
export class WorkerLost extends SlipwayError {
  readonly run: string;
  readonly because: string;

  constructor(run: string, place: string, because: string) {
    super(
      {
        code: "WORKER_LOST",
        at: place,
        says: `it was lost before it answered: ${because}`,
        hint: "look into its log, and run the same command again",
      },
      "verifyFailed",
    );
    this.run = run;
    this.because = because;
  }
}

/** Was the answer lost on its way, with the worker or with the ledger? What the worker itself answered is no such error. */
export function isCutOff(error: unknown): error is SlipwayError {
  if (error instanceof WorkerLost) return true;
  return error instanceof SlipwayError && error.problems.some(({ code }) => code.startsWith("LEDGER_"));
}

/** The worker that was started did not begin to work. */
export function neverCame(place: string, because: string): SlipwayError {
  return new SlipwayError(
    {
      code: "WORKER_NEVER_CAME",
      at: place,
      says: `the worker that migrates did not begin: ${because}`,
      hint: "look into its log; its image has to run Slipway, and both its secrets have to name servers that it reaches",
    },
    "verifyFailed",
  );
}

export function otherVersion(place: string, theirs: string, ours: string): SlipwayError {
  return new SlipwayError(
    {
      code: "WORKER_OTHER_VERSION",
      at: place,
      says: `its image holds Slipway ${theirs}, and ${ours} deploys`,
      hint: `build the worker's image from Slipway ${ours} and name it in database/runs/image`,
    },
    "verifyFailed",
  );
}

/** A person stopped the run while it waited for its worker. */
export function interrupted(): SlipwayError {
  return new SlipwayError(
    {
      code: "INTERRUPTED",
      at: "",
      says: "interrupted while the worker was waited for",
      hint: "run the same command again to go on",
    },
    "interrupted",
  );
}
