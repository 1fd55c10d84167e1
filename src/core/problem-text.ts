import type { Problem } from "./errors.ts";
import { printable } from "./printable.ts";

/** A problem as people read it, on two lines: what is wrong, and what to do. */
export function problemText({ at, says, hint }: Problem): string {
  const where = at === "" ? "" : `${at}: `;
  const next = hint === "" ? [] : [`    → ${hint}`];
  return [`  ${where}${says}`, ...next].map(printable).join("\n");
}
