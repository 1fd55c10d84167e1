/** What Dagger's error for a failed command carries. Its class is not among the names a module can import. */
export interface FailedExec extends Error {
  readonly cmd?: readonly string[];
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function isFailedExec(error: unknown): error is FailedExec {
  return error instanceof Error && "exitCode" in error && typeof error.exitCode === "number";
}

/** The same error under another sentence, so that the exit code and the output reach the caller with it. */
export function saying(error: unknown, sentence: string): Error {
  if (!(error instanceof Error)) return new Error(sentence);
  error.message = sentence;
  return error;
}

/**
 * A check that did not pass, from the error that says why when there is one. The name is what `slipway call` tells the
 * kinds of failure apart by.
 */
export function checkFailed(sentence: string, error?: unknown): Error {
  return Object.assign(saying(error, sentence), { name: "CheckFailed" });
}

/** A call that cannot be carried out as it was made. */
export function wrongCall(sentence: string): Error {
  return Object.assign(new Error(sentence), { name: "WrongCall" });
}
