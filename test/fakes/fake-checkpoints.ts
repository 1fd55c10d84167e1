import { SlipwayError } from "../../src/core/errors.ts";
import type { Checkpoints } from "../../src/ports/checkpoints.ts";

/** Anchors a ledger in memory: remembers how many records were covered, and fails while it is told to. */
export class FakeCheckpoints implements Checkpoints {
  /** How many records the newest checkpoint covers. */
  covered = 0;
  /** The latest date until which one is kept. */
  keptUntil = "";
  answers = true;
  readonly #size: () => number;

  constructor(size: () => number) {
    this.#size = size;
  }

  async anchor(retainUntil: string): Promise<{ readonly size: number; readonly places: readonly string[] }> {
    if (!this.answers) {
      const problem = {
        code: "ANCHOR_UNREACHABLE",
        at: "s3://anchors",
        says: "does not answer",
        hint: "try again",
      };
      throw new SlipwayError(problem, "verifyFailed");
    }
    this.covered = this.#size();
    this.keptUntil = retainUntil;
    return { size: this.covered, places: ["memory"] };
  }

  async unanchored(): Promise<number> {
    return this.#size() - this.covered;
  }
}
