import type { StepName } from "../core/deployment/types.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { UndoTarget } from "../core/migration/choose-down.ts";
import type { ConcludedRun } from "./conclude-run.ts";

/** A step that ended as it should not. Expected; caught by the action that runs the steps. */
export class StepFailed extends Error {
  readonly step: StepName;
  readonly problems: readonly Problem[];
  /** Facts for the record besides the problems. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(step: StepName, problems: readonly Problem[], data: Readonly<Record<string, unknown>> = {}) {
    super(problems.map(({ says }) => says).join("; "));
    this.step = step;
    this.problems = problems;
    this.data = data;
  }
}

/** A run of migrations that did not end well. */
export class MigrationFailed extends StepFailed {
  /** What of it has to be undone now. */
  readonly undo: UndoTarget | undefined;

  constructor({ problems, data, undo }: ConcludedRun) {
    super("migrate", problems, data);
    this.undo = undo;
  }
}

/** The run was asked to stop. */
export class Interrupted extends SlipwayError {
  /** Facts for the record besides the problem. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(says = "interrupted", data: Readonly<Record<string, unknown>> = {}) {
    super({ code: "INTERRUPTED", at: "", says, hint: "run the same command again to go on" }, "interrupted");
    this.data = data;
  }
}

/** Ends the run here when it was asked to stop, or when the lease is gone. */
export function stopIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof SlipwayError ? signal.reason : new Interrupted();
}

/** Is it a fault of ours, and not something that the outside answered? */
export function isBug(error: unknown): boolean {
  return !(error instanceof StepFailed) && !(error instanceof SlipwayError);
}

/** What is wrong, whatever was thrown. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof StepFailed || error instanceof SlipwayError) return error.problems;
  const says = error instanceof Error ? error.message : String(error);
  return [{ code: "BUG", at: "", says, hint: "report it together with the ledger's records" }];
}
