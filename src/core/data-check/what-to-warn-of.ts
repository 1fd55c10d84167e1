import { printable } from "../printable.ts";
import type { DataCheck } from "./types.ts";

const SHOWN = 10;

/** What a check of the data saw that stops nobody: what was so before, what is declared, what could not be looked at. */
export function whatToWarnOf({ known, notes, unchecked }: DataCheck): readonly string[] {
  return [
    ...some(known.map(({ at, says }) => `${at} ${says}; it did before this run, too`)),
    ...some(notes.map(({ at, says }) => `${at} ${says}; the migration says so, and a later one ends it`)),
    ...some(unchecked.map((what) => `not checked: ${what}`)),
  ].map((line) => printable(line));
}

function some(lines: readonly string[]): readonly string[] {
  if (lines.length <= SHOWN) return lines;
  return [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more of the kind`];
}
