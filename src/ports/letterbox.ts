import type { WorkerLook } from "../core/worker/patience.ts";

export interface Letter {
  /** From 1 on, gapless, for each side. */
  readonly number: number;
  readonly body: string;
}

export interface AnswersFound {
  /** Who works for the run; undefined: nobody has come yet. */
  readonly worker: string | undefined;
  /** Since the worker last looked for requests. */
  readonly workerSilentMs: number;
  readonly letters: readonly Letter[];
}

/** The deployment's side of the letterbox. Throws `LEDGER_…` (exit 11). */
export interface CallerBox {
  begin(run: string, app: string, env: string): Promise<void>;
  /** A request; the same number twice is one. With a fence that is not the lease's it throws `LEASE_LOST` (exit 30). */
  post(run: string, letter: Letter, fence: number | null): Promise<void>;
  /** Letters after that number. Tells the worker that the caller lives. */
  look(run: string, after: number): Promise<AnswersFound>;
  /** Ends the run and forgets its letters. */
  end(run: string): Promise<void>;
  close(): Promise<void>;
}

export interface RequestsFound extends WorkerLook {
  readonly letters: readonly Letter[];
}

/** The worker's side of the letterbox. Throws `LEDGER_…` (exit 11). */
export interface WorkerBox {
  /** Whose run it is, when it is this worker's from now on; undefined: it is another's, has ended or never was. */
  claim(run: string, worker: string): Promise<{ readonly app: string; readonly env: string } | undefined>;
  /** Requests after that number, and how the lease of that fence stands. undefined: the run is not its own any more. */
  look(
    run: string,
    worker: string,
    after: number,
    fence: number | undefined,
  ): Promise<RequestsFound | undefined>;
  /** False: nobody waits for it any more. */
  post(run: string, worker: string, letter: Letter): Promise<boolean>;
  close(): Promise<void>;
}
