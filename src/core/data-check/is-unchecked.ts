import type { DataFacts } from "./types.ts";

/** Whether something is among what could not be looked at. */
export function isUnchecked({ unchecked }: DataFacts, subject: string | undefined): boolean {
  return subject !== undefined && unchecked.some((line) => line.startsWith(`${subject}: `));
}
