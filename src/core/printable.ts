// A text may hold what a stranger chose: nothing of it may move the cursor, end a line or turn the text around.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

// The same, but lines stay lines.
const UNPRINTABLE_IN_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text for one line of output: what a terminal would obey instead of show becomes "?". */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "?");
}

/** A text whose lines are ours, for output: what a terminal would obey in them becomes "?". */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE_IN_LINES, "?");
}
