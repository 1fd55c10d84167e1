import type { Problem } from "../core/errors.ts";
import type { StepName, StepOutcome } from "../core/deployment/types.ts";

/** The story, for people; the answer goes to stdout by another way. */
export interface Reporter {
  stepBegan(step: StepName, says: string): void;
  /** A line under the step that runs. */
  note(says: string): void;
  stepEnded(step: StepName, outcome: StepOutcome, says: string, milliseconds: number): void;
  problem(problem: Problem): void;
  /** No more events; resolves when everything is written. */
  end(): Promise<void>;
}
