import { SlipwayError } from "../../core/errors.ts";

const REFUSALS = ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR", "EISDIR"];

/** The system's refusal to write, in our words: a full disk, a missing folder, a folder of another user. */
export function unwritable(code: string, path: string, error: unknown, hint: string): unknown {
  const refusal = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof refusal !== "string" || !REFUSALS.includes(refusal)) return error;
  const says = refusal === "ENOSPC" ? "cannot be written: the disk is full" : `cannot be written: ${refusal}`;
  return new SlipwayError({ code, at: path, says, hint }, "verifyFailed", { cause: error });
}
