import type { DeploymentOutcome, StepName, StepOutcome } from "../core/deployment/types.ts";
import type { StepReport } from "../core/deployment/report.ts";
import { SlipwayError } from "../core/errors.ts";
import type { Instant } from "../core/time.ts";
import type { JournalEntry, StateChange } from "../ports/journal.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { Interrupted, problemsOf, StepFailed, stopIfAborted } from "./step-faults.ts";

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

/** What is known and changed before a step is done. */
export interface StepIntent {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly changes?: readonly StateChange[];
}

/** Walks the steps of one run: intent recorded, done, outcome recorded, each one reported and timed. */
export class Steps {
  readonly taken: StepReport[] = [];
  readonly #warnings: string[] = [];
  /** Under which the run is known; set once the deployment is opened. */
  deploymentId: string | undefined;
  /** Awaited between a step's intent and its effect; throws when the lease is gone. */
  guard: () => Promise<void> = () => Promise.resolve();
  #recording: Recording | undefined;
  #begunAt: string | undefined;
  #began: Instant | undefined;
  #ledgerFailed = false;
  readonly #ports: Pick<DeploymentPorts, "journal" | "reporter" | "clock">;

  constructor(ports: Pick<DeploymentPorts, "journal" | "reporter" | "clock">) {
    this.#ports = ports;
  }

  /** Opens the deployment in the ledger; from here on every step is recorded. */
  async begin(
    recording: Recording,
    changes: readonly StateChange[],
    data: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    this.#recording = recording;
    this.deploymentId = recording.deploymentId;
    this.#began = this.#ports.clock.now();
    await this.#append("deployment", undefined, "intent", undefined, data, changes);
  }

  /**
   * Closes the deployment in the ledger; no step after it is recorded. Throws (exit 41) when that cannot be recorded:
   * the next run resumes it.
   */
  async end(outcome: DeploymentOutcome, data: Readonly<Record<string, unknown>>): Promise<void> {
    const seconds = (this.#ports.clock.now() - (this.#began ?? 0)) / 1000;
    const startedAt = this.#begunAt ?? null;
    const facts = { ...data, startedAt, seconds, steps: this.taken, warnings: this.#warnings };
    try {
      await this.#append("deployment", undefined, "outcome", outcome, facts, [{ kind: "end", outcome }]);
    } catch (error) {
      throw new SlipwayError(problemsOf(error), "outcomeUnknown", { cause: error });
    }
    this.#recording = undefined;
  }

  /** Tells something that is not as it should be, and puts it on record when the deployment ends. */
  warn(says: string): void {
    this.#warnings.push(says);
    this.#ports.reporter.note(says);
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
    intent: StepIntent = {},
  ): Promise<void> {
    const { clock, reporter } = this.#ports;
    stopIfAborted(signal);
    const began = clock.now();
    reporter.stepBegan(step, says);
    await this.#append("step", step, "intent", undefined, intent.data ?? {}, intent.changes);

    let result: StepResult;
    try {
      await this.guard();
      result = await body();
    } catch (error) {
      const outcome = error instanceof Interrupted ? "interrupted" : "failed";
      this.#ended(step, began, outcome, error instanceof Error ? error.message : String(error));
      const facts = error instanceof StepFailed || error instanceof Interrupted ? error.data : {};
      await this.#append("step", step, "outcome", outcome, { ...facts, problems: problemsOf(error) });
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
      const entry = { ...this.#recording, type, step, phase, outcome, data };
      const { at } = await this.#ports.journal.append(entry, changes);
      this.#begunAt ??= at;
    } catch (error) {
      this.#ledgerFailed = true;
      throw error;
    }
  }
}
