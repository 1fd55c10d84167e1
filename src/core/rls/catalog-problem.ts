import type { Problem } from "../errors.ts";

/** A problem that the catalog tells. */
export function catalogProblem(code: string, at: string, says: string, hint: string): Problem {
  return { code, at, says, hint };
}
