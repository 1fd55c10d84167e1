import type { Problem } from "../errors.ts";

const LONGEST = 1000;

// Control characters, line ends, halves of characters, and what turns the direction of the text after it. Letters of any
// script, marks and joiners are somebody's language.
const NOT_TEXT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** What is wrong with a sentence that somebody gives as a reason; it goes into the record as it is. `ACT_TEXT`. */
export function freeTextProblems(at: string, text: string): Problem[] {
  const says = fault(text);
  if (says === undefined) return [];
  return [{ code: "ACT_TEXT", at, says, hint: "give one line that an auditor understands" }];
}

function fault(text: string): string | undefined {
  if (text.trim() === "") return "is empty";
  if (text.length > LONGEST) return `has ${text.length} characters; ${LONGEST} is the most`;

  const found = NOT_TEXT.exec(text)?.[0];
  if (found === undefined) return undefined;
  const point = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `has the character U+${point}, which is no text`;
}
