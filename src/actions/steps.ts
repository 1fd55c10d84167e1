import type { DeploymentOutcome, StepName, StepOutcome } from "../core/deployment/types.ts";
import type { StepReport } from "../core/deployment/report.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { Instant } from "../core/time.ts";
import type { JournalEntry, StateChange } from "../ports/journal.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";

/** Under which deployment and lease the steps are recorded; known once the lease is held. */
export interface Recording {
  readonly app: string;
  readonly env: string;
  readonly deploymentId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly actor: string;
}

/** What a step answers: facts for the record, a sentence for people, state that changes with the record. */
export interface StepResult {
  readonly says: string;
  readonly outcome?: "done" | "skipped";
  readonly data?: Readonly<Record<string, unknown>>;
  readonly changes?: readonly StateChange[];
}

/** A step that ended as it should not. Expected; caught by the action that runs the steps. */
export class StepFailed extends Error {
  readonly step: StepName;
  readonly problems: readonly Problem[];

  constructor(step: StepName, problems: readonly Problem[], options?: { cause?: unknown }) {
    super(problems.map(({ says }) => says).join("; "), options);
    this.step = step;
    this.problems = problems;
  }
}

/** The run was asked to stop. */
export class Interrupted extends SlipwayError {
  constructor(says = "interrupted") {
    super({ code: "INTERRUPTED", at: "", says, hint: "run the same command again to go on" }, "interrupted");
  }
}

/** Walks the steps of one run: intent recorded, done, outcome recorded, each one reported and timed. */
export class Steps {
  readonly taken: StepReport[] = [];
  #recording: Recording | undefined;
  #ledgerFailed = false;
  readonly #ports: Pick<DeploymentPorts, "journal" | "reporter" | "clock">;

  constructor(ports: Pick<DeploymentPorts, "journal" | "reporter" | "clock">) {
    this.#ports = ports;
  }

  /** Opens the deployment in the ledger; from here on every step is recorded. */
  async begin(
    recording: Recording,
    change: StateChange,
    data: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    this.#recording = recording;
    await this.#append("deployment", undefined, "intent", undefined, data, [change]);
  }

  /** Closes the deployment in the ledger. Throws (exit 41) when that cannot be recorded: the next run resumes it. */
  async end(outcome: DeploymentOutcome, data: Readonly<Record<string, unknown>>): Promise<void> {
    try {
      await this.#append("deployment", undefined, "outcome", outcome, data, [{ kind: "end", outcome }]);
    } catch (error) {
      throw new SlipwayError(problemsOf(error), "outcomeUnknown", { cause: error });
    }
  }

  get deploymentId(): string | undefined {
    return this.#recording?.deploymentId;
  }

  /**
   * Ends the run by throwing when it may not be compensated: the lease is another's, or nothing can be recorded. An
   * effect without a record of its intent is worse than an environment that the next run finds half-way.
   */
  giveUpWithoutLedger(error: unknown, moved: boolean): void {
    if (!(error instanceof SlipwayError)) return;
    if (error.exit === "leaseHeld") throw error;
    if (!this.#ledgerFailed) return;
    throw moved ? new SlipwayError(error.problems, "outcomeUnknown", { cause: error }) : error;
  }

  /**
   * One step. Throws `Interrupted` when the signal has aborted before or during it, `StepFailed` when the body does,
   * and what the ledger throws: without a record of the intent nothing is done.
   */
  async take(
    step: StepName,
    says: string,
    signal: AbortSignal,
    body: () => Promise<StepResult>,
    intent: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { clock, reporter } = this.#ports;
    stopIfAborted(signal);
    const began = clock.now();
    reporter.stepBegan(step, says);
    await this.#append("step", step, "intent", undefined, intent);

    let result: StepResult;
    try {
      result = await body();
    } catch (error) {
      const outcome = error instanceof Interrupted ? "interrupted" : "failed";
      this.#ended(step, began, outcome, error instanceof Error ? error.message : String(error));
      await this.#append("step", step, "outcome", outcome, { problems: problemsOf(error) });
      throw error;
    }
    await this.#append("step", step, "outcome", result.outcome ?? "done", result.data ?? {}, result.changes);
    this.#ended(step, began, result.outcome ?? "done", result.says);
  }

  #ended(step: StepName, began: Instant, outcome: StepOutcome, says: string): void {
    const milliseconds = this.#ports.clock.now() - began;
    this.taken.push({ step, seconds: Math.round(milliseconds / 10) / 100, outcome });
    this.#ports.reporter.stepEnded(step, outcome, says, milliseconds);
  }

  async #append(
    type: JournalEntry["type"],
    step: StepName | undefined,
    phase: JournalEntry["phase"],
    outcome: JournalEntry["outcome"],
    data: Readonly<Record<string, unknown>>,
    changes: readonly StateChange[] = [],
  ): Promise<void> {
    // Before the lease there is no fence to write under; identity and lease are told in the record that begins it all.
    if (this.#recording === undefined) return;
    try {
      await this.#ports.journal.append({ ...this.#recording, type, step, phase, outcome, data }, changes);
    } catch (error) {
      this.#ledgerFailed = true;
      throw error;
    }
  }
}

/** Ends the run here when it was asked to stop, or when the lease is gone. */
export function stopIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof SlipwayError ? signal.reason : new Interrupted();
}

/** What is wrong, whatever was thrown. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof StepFailed || error instanceof SlipwayError) return error.problems;
  const says = error instanceof Error ? error.message : String(error);
  return [{ code: "BUG", at: "", says, hint: "report it together with the ledger's records" }];
}
