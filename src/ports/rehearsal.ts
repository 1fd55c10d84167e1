import type { Problem } from "../core/errors.ts";
import type { Waiver } from "../core/migration/waiver.ts";
import type { Rehearsal } from "../core/rehearsal/types.ts";

export interface RehearsalRequest {
  /** Migrations that ran in the target already: they only go up. */
  readonly applied: readonly string[];
  /** Whether each pending one also goes down and up again. */
  readonly roundTrip: boolean;
  readonly signal: AbortSignal;
}

export interface Rehearsed {
  /** `18.4`. */
  readonly postgres: string;
  /** Of the pending ones, up to the first that does not go up. */
  readonly rehearsals: readonly Rehearsal[];
  readonly waived: readonly Waiver[];
  /** Why nothing was rehearsed. */
  readonly problems: readonly Problem[];
}

/** Runs an app's migrations in a database that is made for it and dropped afterwards. */
export interface RehearsalStage {
  rehearse(request: RehearsalRequest): Promise<Rehearsed>;
  /** Keeps the proofs beside the migrations, in place of older ones of the same texts. */
  keep(rehearsals: readonly Rehearsal[]): Promise<void>;
}
