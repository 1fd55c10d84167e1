import type { Problem } from "../errors.ts";

/** An expectation that is unmet while migrations are pending: nobody knows before they have run. */
export function notYet({ at, says }: Problem): string {
  return `${at}: ${says} so far; it is asked for again after migrating`;
}
