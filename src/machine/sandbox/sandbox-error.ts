import { SlipwayError } from "../../core/errors.ts";

/** A sandbox that could not be made. `says` is lower-case and without a full stop. */
export function sandboxError(says: string, hint = "", cause?: unknown): SlipwayError {
  return new SlipwayError({ code: "SANDBOX_FAILED", at: "sandbox", says, hint }, "bug", { cause });
}
