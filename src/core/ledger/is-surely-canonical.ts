import { isObject } from "./is-object.ts";

/**
 * Whether `text`, which is `value` in JSON, is in the form of RFC 8785: a quick test that says yes only where that is so.
 * Where it says no, the text has to be compared with the canonical form itself.
 */
// RFC 8785 writes numbers and strings as JSON.stringify does. What is left is the order of the keys, which JSON.stringify
// takes as they come, and half a character, which it escapes and the RFC forbids.
export function isSurelyCanonical(text: string, value: unknown): boolean {
  return JSON.stringify(value) === text && !text.includes("\\ud") && isSorted(value);
}

function isSorted(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isSorted);
  if (!isObject(value)) return true;
  let last: string | undefined;
  for (const key of Object.keys(value)) {
    // Strings compare by UTF-16 code units, as RFC 8785 §3.2.3 asks.
    if (last !== undefined && key < last) return false;
    if (!isSorted(value[key])) return false;
    last = key;
  }
  return true;
}
