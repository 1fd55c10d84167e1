// A text may hold what a stranger chose: nothing of it may move the cursor, end a line or turn the text around.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text for one line of output: what a terminal would obey instead of show becomes "?". */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "?");
}
