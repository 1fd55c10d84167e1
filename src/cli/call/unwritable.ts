import { SlipwayError } from "../../core/errors.ts";

/** The system's refusal to write, in our words: a full disk, a missing folder, a folder of another user. */
export function unwritable(code: string, path: string, error: unknown, hint: string): unknown {
  const refusal = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (refusal === undefined) return error;
  const says = refusal === "ENOSPC" ? "cannot be written: the disk is full" : `cannot be written: ${refusal}`;
  return new SlipwayError({ code, at: path, says, hint }, "verifyFailed", { cause: error });
}
